"""Tracks: figures followed through the frames of one shot. Two people must never share a track, so doubt ends it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from dramatis.core import boxes
from dramatis.detect.appearance import distance
from dramatis.detect.params import TrackParams

FORBIDDEN = 1e3


class Sighting(NamedTuple):
    """A figure in one frame, as the tracks see it."""

    head: NDArray[np.float64]
    """Head box [px], shape (4,)."""
    appearance: NDArray[np.float32]
    """Vector of its colours, length 1."""


@dataclass
class _Track:
    number: int
    last: Sighting
    missed: int = 0  # frames since then
    step: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))  # movement over one frame [px]

    def expected(self) -> list[NDArray[np.float64]]:
        """Where its head may be now: where it was, or further on its way."""
        head = self.last.head
        return [head, head + np.tile(self.step * (self.missed + 1), 2)]

    def add(self, sighting: Sighting) -> None:
        moved = (sighting.head - self.last.head).reshape(2, 2).mean(axis=0)
        self.step, self.missed = moved / (self.missed + 1), 0
        self.last = sighting


def link(frames: Sequence[Sequence[Sighting]], rules: TrackParams) -> list[list[int]]:
    """The track number of every figure, for each frame of a shot in order of time; numbers count from 0.

    Each frame is assigned as a whole with the least cost (Kuhn 1955). A link costs the share that it uses up of the
    allowed motion plus the share of the allowed difference in colours, and is possible only up to 1 in sum.
    """
    tracks: list[_Track] = []
    numbers: list[list[int]] = []
    count = 0
    for sightings in frames:
        chosen, doubtful = _choose(_costs(tracks, sightings, rules), rules.min_margin)
        started: list[_Track] = []
        for index, sighting in enumerate(sightings):
            if index in chosen:
                tracks[chosen[index]].add(sighting)
            else:
                started.append(_Track(count, sighting))
                count += 1
        fresh = iter(started)
        numbers.append([(tracks[chosen[i]] if i in chosen else next(fresh)).number for i in range(len(sightings))])
        joined = set(chosen.values())
        for position, track in enumerate(tracks):
            track.missed += position not in joined
        alive = [
            track for position, track in enumerate(tracks) if position not in doubtful and track.missed <= rules.max_gap
        ]
        tracks = alive + started
    return numbers


def link_cost(before: Sighting, after: Sighting, rules: TrackParams) -> float:
    """What the link of two figures costs if nothing was seen before; `FORBIDDEN` if it is not possible."""
    return float(_costs([_Track(0, before)], [after], rules)[0, 0])


def motion(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """(1 - generalised IoU) / 2 of each pair of boxes, shape (len(a), len(b)) (Rezatofighi et al. 2019).

    0 for the same box, 0.5 for boxes that touch, towards 1 for boxes far apart or of very different size.
    """
    low = np.minimum(a[:, None, :2], b[None, :, :2])
    high = np.maximum(a[:, None, 2:], b[None, :, 2:])
    hull = np.prod(high - low, axis=-1)
    union = boxes.area(a)[:, None] + boxes.area(b)[None] - boxes.intersection(a, b)
    return (1 - boxes.iou(a, b) + (hull - union) / hull) / 2


def _costs(tracks: list[_Track], sightings: Sequence[Sighting], rules: TrackParams) -> NDArray[np.float64]:
    """Cost of each link, shape (tracks, sightings); `FORBIDDEN` where it is not possible."""
    if not tracks or not sightings:
        return np.empty((len(tracks), len(sightings)))
    heads = np.array([sighting.head for sighting in sightings])
    stay, go = (np.array(places) for places in zip(*(track.expected() for track in tracks), strict=True))
    moved = np.minimum(motion(stay, heads), motion(go, heads)) / rules.max_motion
    looks = (
        distance(
            np.array([track.last.appearance for track in tracks]),
            np.array([sighting.appearance for sighting in sightings]),
        )
        / rules.max_appearance
    )
    cost = moved + looks
    return np.where(cost <= 1, cost, FORBIDDEN)


def _choose(cost: NDArray[np.float64], min_margin: float) -> tuple[dict[int, int], set[int]]:
    """Track position by sighting for the links to make, and the positions of the tracks that end in doubt.

    A link is in doubt if another one of the same track or the same sighting costs nearly as little.
    """
    chosen, doubtful = {}, set()
    for row, column in zip(*(axis.tolist() for axis in linear_sum_assignment(cost)), strict=True):
        if cost[row, column] == FORBIDDEN:
            continue
        rivals = np.concatenate([np.delete(cost[row], column), np.delete(cost[:, column], row), [FORBIDDEN]])
        if rivals.min() - cost[row, column] >= min_margin:
            chosen[column] = row
        else:
            doubtful.add(row)
    return chosen, doubtful
