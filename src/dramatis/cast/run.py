"""Stage `cast`: gives clusters their names, from reference pictures and from what people decided in `cast.yaml`."""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from dramatis.backends.detect import DetectChoice, load_detect
from dramatis.backends.embed import EmbedChoice, load_embed
from dramatis.cast import sheet
from dramatis.cast.decisions import Decisions, Unmet, check, read_decisions, unmet
from dramatis.cast.faces import Faces
from dramatis.cast.params import CastParams
from dramatis.cast.references import NoFaceError, Reference, list_references, look, pictures_of
from dramatis.cast.rows import cast_rows, character_rows, cluster_rows
from dramatis.cast.schema import CAST, CHARACTERS, CLUSTERS, TABLES, UNMET
from dramatis.cast.thumbs import thumbs_of
from dramatis.cast.verdicts import verdicts
from dramatis.core.errors import InputError, ParameterError
from dramatis.core.images import encode_png, read_image
from dramatis.core.tables import read_json, read_rows, read_table, whole_folder, write_table
from dramatis.core.thumbs import Thumb

log = logging.getLogger("cast")
FRAME_COLUMNS = ["frame_id", "shot", "pts_s", "width_px", "height_px"]


@dataclass(frozen=True)
class Shards:
    """Folders of the stages before, each with one folder a video except `clusters`."""

    frames: Path
    detections: Path
    quality: Path
    embeddings: Path
    clusters: Path


def run(
    params: CastParams,
    detector: DetectChoice,
    embedder: EmbedChoice,
    videos: list[str],
    *,
    decisions: Path,
    shards: Shards,
    out: Path,
    plots: Path,
) -> None:
    """Writes the tables of each video and of all into `out`, and `sheet.png` into `plots`.

    Args:
        detector, embedder: the models that looked at the videos; they look at the reference pictures too.
        decisions: `cast.yaml`.

    Raises:
        ParameterError: `cast.yaml` contradicts itself, or a video has the name of a table.
        InputError: the references are missing or show no face, or a shard is missing.
    """
    if taken := sorted(set(videos) & set(TABLES)):
        place = f"params.yaml: videos.{taken[0]}"
        raise ParameterError(place, "a video cannot be called so", "Give it another id")
    said = read_decisions(decisions)
    files = list_references(params.references)
    pictures = pictures_of(files)
    check(said, files)
    waiting = unmet(said, files, pictures)
    decided = said.without(waiting)
    faces, missed = read_faces(videos, shards, decided)
    waiting += missed
    for each in waiting:
        log.warning("%s: %s.%s: %s, so this decision waits", decisions.name, each.section, each.key, each.reason)
    wanted = {picture: file for picture, file in pictures.items() if decided.shown_by(picture)}
    references = look_at(wanted, detector, embedder, faces)
    name_of = {picture: name for picture in references if (name := decided.shown_by(picture))}
    vectors = np.array([reference.vector for reference in references.values()], np.float32)
    rows = cast_rows(faces, vectors.reshape(len(references), faces.vectors.shape[1]), list(name_of.values()), params)
    characters = character_rows(faces, rows, decided.held(files), decided)
    for row in characters:
        if not row["tracks"]:
            log.warning("%s: no face of any video carries this name", row["character"])
    clusters = cluster_rows(faces, rows)
    picture = _draw(faces, rows, characters, clusters, references, name_of, shards)
    with whole_folder(out) as tables, whole_folder(plots) as drawn:
        for video in videos:
            own = [row for row, face in zip(rows, faces.rows, strict=True) if face["video"] == video]
            write_table(own, CAST, tables / f"{video}.parquet")
        write_table(characters, CHARACTERS, tables / "characters.parquet")
        write_table(clusters, CLUSTERS, tables / "clusters.parquet")
        waits = [{"decision": f"{each.section}.{each.key}", **each._asdict()} for each in waiting]
        write_table(waits, UNMET, tables / "unmet.parquet")
        (drawn / "sheet.png").write_bytes(picture)


def read_faces(videos: list[str], shards: Shards, decided: Decisions) -> tuple[Faces, list[Unmet]]:
    """The clustered faces of all videos, with what the other stages and people say of them.

    Returns:
        The faces, and the decisions about moments at which there is none.
    """
    rows = [row for row in read_rows(shards.clusters / "faces.parquet", "cluster") if row["video"] in videos]
    more: dict[str, dict[str, Any]] = {}
    vectors: dict[str, list[float]] = {}
    shots: dict[str, list[tuple[float, float]]] = {}
    for video in videos:
        made_by, frames = f"frames@{video}", shards.frames / video
        parts = read_rows(frames / "shots.parquet", made_by, ["shot", "start_s", "end_s"])
        shots[video] = sorted((row["start_s"], row["end_s"]) for row in parts)
        frame_of = _timed(read_rows(frames / "frames.parquet", made_by, FRAME_COLUMNS), parts)
        for row in read_rows(shards.detections / video / "detections.parquet", f"detect@{video}"):
            kept = {key: row[key] for key in ("figure_id", "shot", "box")}
            more[row["detection_id"]] = frame_of[row["frame_id"]] | kept
        for row in read_rows(shards.quality / video / "quality.parquet", f"quality@{video}"):
            more[row["detection_id"]]["sharpness"] = row["sharpness"]
        table = read_table(shards.embeddings / video / "embeddings.parquet", f"embed@{video}")
        vectors |= zip(table["detection_id"].to_pylist(), table["vector"].to_pylist(), strict=True)
    if missing := [row["detection_id"] for row in rows if row["detection_id"] not in vectors]:
        raise InputError(
            str(shards.embeddings), f"the face {missing[0]} is not in it", "Run `dvc repro`: stage embed makes it"
        )
    threshold = read_json(shards.embeddings / videos[0] / "model.json", f"embed@{videos[0]}")["threshold"]
    rows = [row | more[row["detection_id"]] for row in rows]
    said, missed = verdicts(decided, rows, shots)
    rows = [row | {"verdict": verdict} for row, verdict in zip(rows, said, strict=True)]
    width = len(next(iter(vectors.values()), []))
    found = np.array([vectors[row["detection_id"]] for row in rows], np.float32).reshape(len(rows), width)
    return Faces(rows, found, float(threshold)), missed


def _timed(frames: list[dict[str, Any]], shots: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Frames by id, each with the part of its shot for which it stands, `stands_for_s` [s]."""
    length = {shot["shot"]: shot["end_s"] - shot["start_s"] for shot in shots}
    kept = Counter(frame["shot"] for frame in frames)
    return {row["frame_id"]: row | {"stands_for_s": length[row["shot"]] / kept[row["shot"]]} for row in frames}


def look_at(
    pictures: Mapping[str, Path], detector: DetectChoice, embedder: EmbedChoice, faces: Faces
) -> dict[str, Reference]:
    """The largest face of each reference picture, by the models that looked at the videos.

    A picture without a face is named in the log; a name of which no picture shows one is an error.
    """
    if not pictures:
        return {}
    finder = load_detect(**detector.model_dump())
    model = load_embed(**embedder.model_dump())
    if model.width != faces.vectors.shape[1]:
        raise InputError(
            str(embedder.weights),
            f"it gives {model.width} numbers a face, the videos were embedded with {faces.vectors.shape[1]}",
            "Run `dvc repro`: stage cast embeds them again",
        )
    seen: dict[str, Reference] = {}
    faceless: dict[str, InputError] = {}
    for picture, file in tqdm(pictures.items(), desc="references", unit="picture"):
        try:
            seen[picture] = look(picture, str(file), read_image(file), finder, model)
        except NoFaceError as error:
            faceless[picture] = error
    for picture, missing in faceless.items():
        if not any(other.split("/")[0] == picture.split("/")[0] for other in seen):
            raise missing
        log.warning("%s", missing)
    return seen


def _draw(
    faces: Faces,
    rows: list[dict[str, Any]],
    characters: list[dict[str, Any]],
    clusters: list[dict[str, Any]],
    references: Mapping[str, Reference],
    name_of: Mapping[str, str],
    shards: Shards,
) -> bytes:
    """The contact sheet, PNG."""
    groups = sheet.groups(faces, rows, characters, clusters)
    wanted = sorted({n for group in groups for n in group.faces})
    thumbs = dict(zip(wanted, thumbs_of([faces.rows[n] for n in wanted], shards.frames), strict=True))
    table = []
    for group in groups:
        shown = [
            Thumb(reference.image, picture.split("/")[1])
            for picture, reference in references.items()
            if name_of[picture] == group.character
        ]
        table.append(sheet.Row(group.title, group.lines, shown, [thumbs[n] for n in group.faces]))
    named = sum(row["character"] is not None for row in rows)
    return encode_png(sheet.draw(table, f"Cast: {len(characters)} characters, {named} of {len(rows)} faces named"))
