"""Which detection shows whom: one-to-one pairs of detected and true faces in a frame."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from dramatis.core import boxes as bx
from dramatis.core.tables import box_of
from dramatis.measure.idf1 import Sighting
from dramatis.measure.params import MeasureParams

POSTER = "poster"
Row = dict[str, Any]


class Matched(NamedTuple):
    """Outcome of matching the faces of many frames.

    Attributes:
        shown: detection id to the true character; a missing id is a false detection.
        asked: number of true faces that a detector must find.
        found: how many of them it found.
        neutral: detections on faces that nobody asks for (tiny, hidden, dark, posters).
        tracks: track id to the characters of its faces, one entry a face.
        sightings: every face that a detector must find, with the person in the shot that it shows, and every false
            detection; those on faces that nobody asks for are left out.
    """

    shown: dict[str, str]
    asked: int
    found: int
    neutral: set[str]
    tracks: dict[str, list[str]]
    sightings: list[Sighting]


def dressed(
    shown: Mapping[str, str], faces: Iterable[Row], figures: Iterable[Row], frames: Mapping[str, tuple[str, int]]
) -> dict[str, tuple[str, str]]:
    """True character and outfit of each figure whose face was found.

    Args:
        shown: true character by detection; see `Matched`.
        faces, figures, frames: as `match` takes them.
    """
    worn = {(row["video"], row["frame"], row["character"]): row["outfit"] for row in figures}
    found = {face["figure_id"]: (face, shown[face["detection_id"]]) for face in faces if face["detection_id"] in shown}
    return {figure: (name, worn[(*frames[face["frame_id"]], name)]) for figure, (face, name) in found.items()}


def counts(figure: Row, params: MeasureParams) -> bool:
    """True if a detector is asked to find the face of this figure."""
    x0, y0, x1, y1 = box_of(figure["face"])
    return (
        figure["character"] != POSTER
        and min(x1 - x0, y1 - y0) >= params.min_face_px
        and figure["occlusion"] <= params.max_occlusion
        and figure["luma"] >= params.min_light
    )


def pairs(detected: list[Row], true: list[Row], min_iou: float) -> list[tuple[int, int]]:
    """Pairs (detection, true face) of one frame, greedily by overlap, each used once."""
    if not detected or not true:
        return []
    overlap = bx.iou(np.array([box_of(d["box"]) for d in detected]), np.array([box_of(t["face"]) for t in true]))
    chosen: list[tuple[int, int]] = []
    while overlap.max() >= min_iou:
        d, t = np.unravel_index(overlap.argmax(), overlap.shape)
        chosen.append((int(d), int(t)))
        overlap[d], overlap[:, t] = 0, 0
    return chosen


def match(
    faces: Iterable[Row], figures: Iterable[Row], frames: Mapping[str, tuple[str, int]], params: MeasureParams
) -> Matched:
    """Matches detected faces with the truth.

    Args:
        faces: detections of kind face.
        figures: rows of the film's truth.
        frames: frame id to (video, frame number) of every frame that a detector saw.
    """
    detected, true = defaultdict(list), defaultdict(list)
    for face in faces:
        detected[face["frame_id"]].append(face)
    for figure in figures:
        if figure["face"] is not None:
            true[figure["video"], figure["frame"]].append(figure)
    shown, neutral, tracks, asked, found, sightings = {}, set(), defaultdict(list), 0, 0, []
    for frame_id, place in frames.items():
        asked += sum(counts(figure, params) for figure in true[place])
        matched = pairs(detected[frame_id], true[place], params.min_iou)
        sightings += _sightings(detected[frame_id], true[place], matched, params)
        for d, t in matched:
            face, figure = detected[frame_id][d], true[place][t]
            shown[face["detection_id"]] = figure["character"]
            tracks[face["track_id"]].append(figure["character"])
            if counts(figure, params):
                found += 1
            else:
                neutral.add(face["detection_id"])
    return Matched(shown, asked, found, neutral, dict(tracks), sightings)


def _sightings(
    detected: list[Row], true: list[Row], matched: list[tuple[int, int]], params: MeasureParams
) -> list[Sighting]:
    track_of = {t: detected[d]["track_id"] for d, t in matched}
    real = {d for d, _ in matched}
    asked = [
        Sighting((figure["video"], figure["shot"], figure["character"]), track_of.get(t))
        for t, figure in enumerate(true)
        if counts(figure, params)
    ]
    return asked + [Sighting(None, face["track_id"]) for d, face in enumerate(detected) if d not in real]
