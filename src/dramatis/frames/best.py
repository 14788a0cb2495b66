"""Mode best_of_shot: of every moment of a shot its sharpest picture, and a second one of what was blurred in that."""

import math
from collections.abc import Iterable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.frames.luma import TILES_ACROSS, TILES_DOWN, Detail, detail
from dramatis.frames.sampling import Test
from dramatis.frames.video import Picture

LOOKED_AT = 16
"""Pictures of a moment that are compared, and held, at most."""
SAME = 1.5 / 255
"""Brightness by which no place of a reduced picture differs from the one before if it repeats it [0..1]."""
NOISE = 6.0
"""Energy of detail that is coding noise, not a picture [levels²]."""
SLACK = 0.35
"""Detail that a tile may lack without being called blurred [bits]: key frames have a little more than others."""
LEAST_LOSS = 0.01
"""Blur by which a picture must beat an earlier one of its moment [bits, mean of all tiles]."""
WORTH, MARGIN = 3.0, 1.0
"""A second picture of a moment is taken if the tiles that gain more than `MARGIN` bits gain `WORTH` beyond it."""


def best_of_moments(members: Iterable[Picture], fps: float, black: Test) -> Iterator[Picture]:
    """The pictures to keep of one shot, in order; its first picture if all are black.

    The shot is cut into moments of 1/fps seconds. Each gives the picture in which its tiles lack least of the detail
    that they have in any picture of the moment; of equals the first. A tile that moves, as a face does, may be sharp at
    another time than the rest: a second picture is taken for tiles that are much sharper there. Pictures stand half a
    moment apart or more, and one and a half at most where the shot has pictures there.
    """
    step, last, first, found = 1 / fps, -math.inf, None, False
    for moment in _moments(members, step, black):
        first = first or moment[0]
        if black(moment[0]):
            continue
        times = np.array([picture.time_s for picture in moment])
        apart = times >= last + step / 2 - 1e-6
        near = apart & (times <= last + 1.5 * step + 1e-6)
        free = np.flatnonzero(near if near.any() else apart)
        for pick in choose(bits(moment), times, free, step / 2):
            found, last = True, moment[pick].time_s
            yield moment[pick]
    if first is not None and not found:
        yield first


def bits(moment: list[Picture]) -> NDArray[np.float32]:
    """Detail of each tile of each picture [bits], shape (N, tiles)."""
    details: list[Detail] = []
    for n, picture in enumerate(moment):
        repeats = n and cv2.norm(picture.thumb, moment[n - 1].thumb, cv2.NORM_INF) <= SAME
        details.append(details[-1] if repeats else detail(picture.frame))
    return np.log2(np.stack(details).reshape(len(moment), -1) + NOISE)


def choose(
    tiles: NDArray[np.float32],
    times: NDArray[np.float64],
    free: NDArray[np.intp],
    apart_s: float,
    shape: tuple[int, int] = (TILES_DOWN, TILES_ACROSS),
) -> list[int]:
    """One or two pictures of a moment, in order.

    Args:
        tiles: detail of each tile of each picture [bits], shape (N, tiles).
        times: of the pictures [s], shape (N,).
        free: the pictures that may be chosen, in order; none gives none.
        apart_s: least time between the two [s].
        shape: rows and columns of tiles.
    """
    if not len(free):
        return []
    loss = np.maximum(tiles.max(axis=0) - tiles - SLACK, 0).mean(axis=1)
    best = int(free[np.flatnonzero(loss[free] <= loss[free].min() + LEAST_LOSS)[0]])
    rest = [n for n in free if abs(times[n] - times[best]) >= apart_s - 1e-6]
    if not rest:
        return [best]
    near = cv2.dilate(tiles[best].reshape(shape), np.ones((3, 3), np.uint8)).ravel()  # what only moved gains nothing
    gains = np.maximum(tiles[rest] - near - MARGIN, 0).sum(axis=1)
    return sorted([best, int(rest[gains.argmax()])]) if gains.max() >= WORTH else [best]


def _moments(members: Iterable[Picture], step: float, black: Test) -> Iterator[list[Picture]]:
    """The pictures of each moment; black pictures stand alone, before or after the others."""
    held: list[Picture] = []
    start_s: float | None = None
    end_s = due_s = -math.inf
    for picture in members:
        dark = black(picture)
        if held and (dark or picture.time_s >= end_s - 1e-6):
            yield held
            held = []
        if dark:
            yield [picture]
            continue
        if not held:
            start_s = picture.time_s if start_s is None else start_s
            end_s = start_s + (math.floor((picture.time_s - start_s) / step + 1e-6) + 1) * step
            due_s = -math.inf
        if picture.time_s >= due_s - 1e-6:
            held.append(picture)
            due_s = picture.time_s + step / LOOKED_AT
    if held:
        yield held
