"""Moments: the time and place of a face in a video, by which decisions name it.

Ids of tracks and clusters change with thresholds, frames and models; where somebody's face was at a time does not.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from dramatis.core.tables import box_of

FORM = "<video>@<seconds>:<x>,<y>"
_PATTERN = re.compile(r"([a-z0-9][a-z0-9_-]*)@(\d+(?:\.\d+)?):(0(?:\.\d+)?|1(?:\.0+)?),(0(?:\.\d+)?|1(?:\.0+)?)")
REACH = 1.0
"""Largest distance of a moment from the centre of a face [longer sides of the face]."""
PER_SECOND = 0.25
"""What a second between a moment and the nearest face of a track counts, against distance in the picture."""

ROUNDING_S = 0.001
"""Moments are written to the millisecond."""


class Moment(NamedTuple):
    """A point of a video.

    Attributes:
        video: id of the video.
        time_s: from the start of the file [s].
        x, y: centre of the face as shares of the frame's width and height [0..1].
    """

    video: str
    time_s: float
    x: float
    y: float

    def __str__(self) -> str:
        return f"{self.video}@{self.time_s:.3f}:{self.x:.3f},{self.y:.3f}"


def parse(text: str) -> Moment | None:
    """The moment that a text of the form `FORM` means; None for any other text."""
    found = _PATTERN.fullmatch(text)
    return Moment(found[1], *map(float, found.groups()[1:])) if found else None


def moment_of(face: dict[str, Any]) -> Moment:
    """When and where a face is.

    Args:
        face: a row with `video`, `pts_s`, `box`, `width_px` and `height_px` (of the frame).
    """
    x0, y0, x1, y1 = box_of(face["box"])
    centre = (x0 + x1) / 2 / face["width_px"], (y0 + y1) / 2 / face["height_px"]
    return Moment(face["video"], face["pts_s"], *centre)


def track_at(moment: Moment, faces: Iterable[dict[str, Any]], shots: Sequence[tuple[float, float]]) -> str | None:
    """The track whose face is where the moment is; None if there is none.

    A track's face is taken to move evenly between the frames that show it, and to rest before and after, inside the
    shot. The nearest wins, in the picture first and in time next.

    Args:
        moment: of the video in question.
        faces: all faces of that video, as `moment_of` takes them, with `track_id`.
        shots: start and end of the video's shots [s].
    """
    if shots and moment.time_s > max(b for _, b in shots) + ROUNDING_S:
        return None  # after the end of the video
    start, end = next(((a, b) for a, b in reversed(shots) if a <= moment.time_s + ROUNDING_S), (0.0, np.inf))
    inside = [face for face in faces if start <= face["pts_s"] < end]
    best, track = np.inf, None
    for name, group in groupby(sorted(inside, key=itemgetter("track_id", "pts_s")), itemgetter("track_id")):
        away, gap = _distance(moment, list(group))
        cost = away + PER_SECOND * gap
        if away <= REACH and cost < best:
            best, track = cost, name
    return track


def _distance(moment: Moment, track: list[dict[str, Any]]) -> tuple[float, float]:
    """How far a moment is from a track's face at its time [longer sides of the face], and from its frames [s]."""
    times = np.array([face["pts_s"] for face in track])
    boxes = np.array([box_of(face["box"]) for face in track], float)
    x0, y0, x1, y1 = (np.interp(moment.time_s, times, side) for side in boxes.T)
    x, y = moment.x * track[0]["width_px"], moment.y * track[0]["height_px"]
    away = np.hypot(x - (x0 + x1) / 2, y - (y0 + y1) / 2) / max(x1 - x0, y1 - y0)
    return float(away), float(np.abs(times - moment.time_s).min())
