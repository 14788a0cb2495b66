"""What the page looks at: the last outputs of the stages, read once, and again after each run of them."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dramatis.backends.detect import DetectChoice
from dramatis.backends.embed import EmbedChoice
from dramatis.cast.decisions import Decisions
from dramatis.cast.faces import Faces
from dramatis.cast.params import CastParams
from dramatis.cast.references import Reference, list_references, pictures_of
from dramatis.cast.run import Shards, look_at, read_faces
from dramatis.core.moments import moment_of
from dramatis.core.params import Key, Params, load_params
from dramatis.core.tables import box_of, read_rows

SHARDS = Shards(*(Path("data") / name for name in ("frames", "detections", "quality", "embeddings", "clusters")))
CAST = Path("data/cast")


class Source(Params, extra="ignore"):
    """What the page needs to know of a video; stage `frames` checks the rest."""

    source: Path


@dataclass(frozen=True)
class Project:
    """Everything that the page shows.

    Attributes:
        faces: all faces; their rows also hold `time_code`, `end_s` of the shot, `still` (the source is pictures) and
            `moment` as text.
        shots: start and end of the shots of each video [s].
        folders: reference folders.
        references: the reference pictures that show a face, by `<folder>/<file>`.
        pictures: all reference pictures, by the same name.
        params: of stage `cast`.
        sources: where each video lies.
        character: of each face, as the last run of stage `cast` has it; null without a name.
        origin: likewise.
        elbow_room: distance of each face to the next one in its frame [longer sides]; infinite if it is alone.
    """

    faces: Faces
    shots: Mapping[str, list[tuple[float, float]]]
    folders: list[str]
    references: Mapping[str, Reference]
    pictures: Mapping[str, Path]
    params: CastParams
    sources: Mapping[str, Path]
    character: list[str | None]
    origin: list[str]
    elbow_room: list[float]


def read_project() -> Project:
    """The project in the working folder, as its stages left it.

    Raises:
        MissingError: a stage has not run.
        InputError: a reference picture or model cannot be used.
    """
    videos = load_params("videos", dict[Key, Source])
    params = load_params("cast", CastParams)
    found, _ = read_faces(list(videos), SHARDS, Decisions())
    shots = {video: _shots(video) for video in videos}
    codes = {row["frame_id"]: row for video in videos for row in _frames(video)}
    applied = {
        row["detection_id"]: row
        for video in videos
        for row in read_rows(CAST / f"{video}.parquet", "cast", ["detection_id", "character", "origin"])
    }
    faces = replace(found, rows=[_with_place(row, codes[row["frame_id"]], shots[row["video"]]) for row in found.rows])
    files = list_references(params.references)
    pictures = pictures_of(files)
    nobody: dict[str, Any] = {"character": None, "origin": "none"}
    told = [applied.get(row["detection_id"], nobody) for row in faces.rows]
    return Project(
        faces,
        shots,
        list(files),
        look_at(pictures, load_params("detect", DetectChoice), load_params("embed", EmbedChoice), faces),
        pictures,
        params,
        {video: each.source for video, each in videos.items()},
        [row["character"] for row in told],
        [row["origin"] for row in told],
        elbow_room(faces.rows),
    )


def _shots(video: str) -> list[tuple[float, float]]:
    rows = read_rows(SHARDS.frames / video / "shots.parquet", f"frames@{video}", ["start_s", "end_s"])
    return sorted((row["start_s"], row["end_s"]) for row in rows)


def _frames(video: str) -> list[dict[str, Any]]:
    file = SHARDS.frames / video / "frames.parquet"
    return read_rows(file, f"frames@{video}", ["frame_id", "time_code", "file"])


def _with_place(row: dict[str, Any], frame: Mapping[str, Any], shots: list[tuple[float, float]]) -> dict[str, Any]:
    start_s, end_s = shot_at(shots, row["pts_s"])
    return row | {
        "time_code": frame["time_code"],
        "start_s": start_s,
        "end_s": end_s,
        "still": frame["file"] is not None,
        "file": frame["file"],
        "moment": str(moment_of(row)),
    }


def shot_at(shots: list[tuple[float, float]], time_s: float) -> tuple[float, float]:
    """Start and end of the shot that holds a time [s]."""
    return shots[max(bisect_right(shots, (time_s + 0.0005, float("inf"))) - 1, 0)]


def elbow_room(rows: Sequence[Mapping[str, Any]]) -> list[float]:
    """How far the centre of each face is from that of the next one in its frame [its longer sides]."""
    in_frame: dict[str, list[int]] = {}
    for n, row in enumerate(rows):
        in_frame.setdefault(row["frame_id"], []).append(n)
    room = [np.inf] * len(rows)
    for own in (faces for faces in in_frame.values() if len(faces) > 1):
        sides = np.array([box_of(rows[n]["box"]) for n in own], float)
        centres = (sides[:, :2] + sides[:, 2:]) / 2
        away = np.linalg.norm(centres[:, None] - centres[None], axis=-1)  # (F, F)
        np.fill_diagonal(away, np.inf)
        for n, least, side in zip(own, away.min(1), (sides[:, 2:] - sides[:, :2]).max(1), strict=True):
            room[n] = float(least / max(side, 1))
    return room
