"""Reads what the stages made of the cast and writes the sheets as PNG."""

import json
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from tqdm import tqdm

from dramatis.cast.params import CastParams
from dramatis.cluster.map import draw as draw_map
from dramatis.cluster.params import ClusterParams
from dramatis.core.errors import MissingError
from dramatis.core.images import Image, cut, decode, resize
from dramatis.core.params import PARAMS, load_params, read_yaml
from dramatis.core.tables import box_of, iter_rows, read_rows
from dramatis.core.thumbs import Thumb, short_time
from dramatis.sheets.files import FOLDER, remove_old, save
from dramatis.sheets.pages import THUMB_PX, Section, draw, pages
from dramatis.sheets.sections import labels, of_character, of_rejected, of_unnamed
from dramatis.sheets.tracks import Limits, Row, Track, tracks

DATA = Path("data")
AROUND, LOWER = 3.0, 0.5
"""Side of a picture [longer sides of the face], and how far its middle lies below the face's [likewise]."""


def write_sheets(out: Path = FOLDER) -> list[Path]:
    """Writes `character-<id>.png` for each character, `unnamed.png`, `rejected.png` and `map.png` into a folder.

    What is too long goes on in `<name>.page-2.png` and so on. Sheets of the last time that are not written again go.

    Raises:
        MissingError: a stage up to `outfit` has not run.
    """
    videos = list(read_yaml(PARAMS).get("videos") or {})
    faces = [face for video in videos for face in read_faces(video, DATA)]
    limits = read_limits(videos, DATA)
    characters = read_rows(DATA / "cast" / "characters.parquet", "cast")
    clusters = read_rows(DATA / "cast" / "clusters.parquet", "cast")
    named = tracks([face for face in faces if face["character"]], "character")
    loose = tracks([face for face in faces if not face["character"] and face["origin"] == "none"], "cluster_id")
    gone = tracks([face for face in faces if not face["character"] and face["origin"] != "none"], "character")
    every = [track for groups in (named, loose, gone) for own in groups.values() for track in own]
    pictures = read_pictures([track.best for track in every], videos, DATA)

    def look(track: Track, more: tuple[str, ...]) -> Thumb:
        face = track.best
        return Thumb(pictures[face["detection_id"]], f"{face['video']} {short_time(face['time_code'])}", more)

    sheets: dict[str, tuple[str, str, list[Section]]] = {}
    for row in characters:
        words = f"{row['character']}: {row['seconds']:.0f} s in {row['shots']} shots, {row['tracks']} tracks"
        sections = of_character(named.get(row["character"], []), limits, look)
        sheets[f"character-{row['character']}"] = row["display"], words, sections
    sections = of_unnamed(clusters, loose, look)
    sheets["unnamed"] = "No name yet", "Most screen time first", sections
    sections = of_rejected(gone.get(None, []), look)
    sheets["rejected"] = "Rejected", "By people, in cast.yaml, or by pictures in not_a_character", sections
    out.mkdir(parents=True, exist_ok=True)
    written = [file for name, sheet in sheets.items() for file in _write(out, name, *sheet)]
    written.append(_write_map(out / "map.png", faces, {row["character"]: row["display"] for row in characters}))
    remove_old(out, written)
    return written


def read_faces(video: str, data: Path) -> list[Row]:
    """The faces of a video in order of time, with what all stages say of them; `nearness` is to their cluster."""
    found = {row["detection_id"]: row for row in read_rows(data / "cast" / f"{video}.parquet", "cast")}
    judged = read_rows(data / "quality" / video / "quality.parquet", f"quality@{video}")
    if judged and "score" not in judged[0]:
        raise MissingError(str(data / "quality" / video), "the table is of an older version", "Run `dvc repro`")
    clustered = read_rows(data / "clusters" / "faces.parquet", "cluster")
    near = {row["detection_id"]: row["similarity"] for row in clustered}
    quality = {row["detection_id"]: {key: row[key] for key in ("rejected_by", "score")} for row in judged}
    worn = {
        row["figure_id"]: {key: row[key] for key in ("outfit_id", "outfit_name")}
        for row in read_rows(data / "outfits" / f"{video}.parquet", "outfit")
    }
    nothing = {"outfit_id": None, "outfit_name": None}
    times = read_rows(data / "frames" / video / "frames.parquet", f"frames@{video}", ["frame_id", "pts_s", "time_code"])
    time_of = {row["frame_id"]: row for row in times}
    faces = []
    for row in read_rows(data / "detections" / video / "detections.parquet", f"detect@{video}"):
        if name := found.get(row["detection_id"]):
            kept = {"video": video, "box": row["box"], "nearness": near.get(row["detection_id"])}
            more = quality[row["detection_id"]] | worn.get(row["figure_id"], nothing)
            faces.append(time_of[row["frame_id"]] | name | kept | more)
    return sorted(faces, key=lambda face: (face["pts_s"], face["detection_id"]))


def read_limits(videos: Sequence[str], data: Path) -> Limits:
    """Twice the margin that a name needs, and the floor of clusters, in the embedder's own measure."""
    threshold = 0.0
    for video in videos:
        threshold = json.loads((data / "embeddings" / video / "model.json").read_text())["threshold"]
    margin, floor = load_params("cast", CastParams).margin, load_params("cluster", ClusterParams).floor
    return Limits(2 * margin * threshold, floor * threshold)


def read_pictures(faces: Iterable[Row], videos: Sequence[str], data: Path) -> dict[str, Image]:
    """Faces with head and chest, by detection id; each video is read once."""
    wanted: dict[str, dict[str, Row]] = {}
    for face in faces:
        wanted.setdefault(face["frame_id"], {})[face["detection_id"]] = face
    found = {}
    with tqdm(total=len(wanted), desc="sheets", unit="frame", disable=None) as bar:
        for video in videos:
            file = data / "frames" / video / "frames.parquet"
            for row in iter_rows(file, f"frames@{video}", ["frame_id", "image"]):
                if here := wanted.get(row["frame_id"]):
                    image = decode(row["image"], row["frame_id"])
                    for name, face in here.items():
                        found[name] = resize(cut(image, _around(face, *image.shape[1::-1])), THUMB_PX, THUMB_PX)
                    bar.update()
    return found


def _around(face: Row, width: int, height: int) -> NDArray[np.float64]:
    """A square about head and chest, moved inside the frame if it is no larger."""
    x0, y0, x1, y1 = box_of(face["box"])
    side = max(x1 - x0, y1 - y0)
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2 + LOWER * side])
    room = np.array([width, height]) - AROUND * side
    low = middle - AROUND * side / 2
    low = np.where(room > 0, np.clip(low, 0, np.maximum(room, 0)), low)
    return np.concatenate([low, low + AROUND * side])


def _write(out: Path, name: str, title: str, words: str, sections: list[Section]) -> list[Path]:
    parts = pages(sections)
    files = []
    for n, page in enumerate(parts, 1):
        files.append(out / (f"{name}.page-{n}.png" if n > 1 else f"{name}.png"))
        numbered = f"{title}, page {n} of {len(parts)}" if len(parts) > 1 else title
        save(Pillow.fromarray(draw(page, numbered, words)), files[-1])
    return files


def _write_map(file: Path, faces: Sequence[Row], display: dict[str, str]) -> Path:
    """The map of stage `cluster` with names instead of clusters."""
    place = {
        row["detection_id"]: (row["x"], row["y"]) for row in read_rows(DATA / "clusters" / "map.parquet", "cluster")
    }
    shown = [face for face in faces if face["detection_id"] in place]
    plane = np.array([place[face["detection_id"]] for face in shown], np.float32).reshape(-1, 2)
    named = sum(face["character"] is not None for face in shown)
    quiet = {face["cluster_id"] for face in shown} - {None}
    picture = BytesIO()
    title = f"{len(shown)} faces, {named} of them named"
    draw_map(plane, labels(shown, display), picture, title, quiet - set(display.values()))
    with Pillow.open(picture) as image:
        save(image, file)
    return file
