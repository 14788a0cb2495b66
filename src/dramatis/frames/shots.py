"""Shots: where one camera take ends and the next begins, found while the pictures pass."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.frames.luma import Thumb
from dramatis.frames.video import Picture

NOISE = (4 / 219) ** 2
"""Variance of brightness that is coding noise rather than a picture."""
FLOOR = 0.03
"""Change that a calm film may have from frame to frame; a cut must stand out from at least this."""
VISIBLE, CHANGED = 4 / 219, 0.18
"""A cut changes at least this share of the picture by at least this much. A figure that turns round does not."""
REACH = 2
"""Frames on each side that a cut is compared with; also the delay of `label_shots` in frames."""
BINS = 32


FALLING = 0.01
"""Mean brightness lost over the frames before black from which the light fades, and is not cut off."""


@dataclass(frozen=True)
class Shot:
    """A take: its number from 0, its first frame and time [s], and how it begins (start, cut, fade or dissolve).

    A fade or dissolve lasts from `from_s` to `to_s`: times of the last frame before it and the first after it [s].
    """

    number: int
    start_frame: int
    start_s: float
    transition: str
    from_s: float | None = None
    to_s: float | None = None


def change(a: Thumb, b: Thumb) -> float:
    """How different two pictures are, from 0 for equal ones; more than 1 only for negatives of each other.

    It is the geometric mean of three differences that a cut has together.
    Mean difference of brightness, loss of correlation, and histogram distance. Motion and pans nearly keep the
    histogram, fades nearly keep the correlation, and a change of a small part nearly keeps the mean.
    """
    x, y = a - cv2.mean(a)[0], b - cv2.mean(b)[0]
    xx, yy, xy = (cv2.mean(cv2.multiply(p, q))[0] for p, q in ((x, x), (y, y), (x, y)))
    correlation = xy / (np.sqrt(xx * yy) + NOISE)
    histogram = 1 - np.minimum(_histogram(a), _histogram(b)).sum()
    return float(max(cv2.mean(cv2.absdiff(a, b))[0] * (1 - correlation) * histogram, 0) ** (1 / 3))


def is_black(thumb: Thumb, level: float) -> bool:
    """True if next to nothing in the picture is brighter than `level` [0..1]."""
    return bool(np.count_nonzero(thumb > level) <= 0.02 * thumb.size)


def cut_score(before: list[Thumb], after: list[Thumb], least: float = 0.0) -> float:
    """How much the step from `before[-1]` to `after[0]` stands out from the steps around it [0..1].

    The step counts as its weakest form over all pairs across it, so a flash of one frame is none. Then it is set
    against the largest step nearby, as in adaptive content detection: fast motion and pans are large all along.

    Args:
        before: up to 3 pictures up to the step.
        after: up to 3 pictures from the step on.
        least: of a lower score only that it is lower need be known; it saves most of the work.
    """
    if np.count_nonzero(cv2.absdiff(after[0], before[-1]) > VISIBLE) < CHANGED * after[0].size:
        return 0.0
    across, around = change(before[-1], after[0]), 0.0
    steps = [pair for side in (before[::-1], after) for pair in zip(side, side[1:])]
    others = [(a, b) for a in before[-REACH:] for b in after[:REACH]][::-1]
    for is_step, pairs in ((True, steps), (False, others)):
        for a, b in pairs:
            if _stands_out(across, around) < least:
                return 0.0
            if is_step:
                around = max(around, change(a, b))
            else:
                across = min(across, change(a, b))
    return max(0.0, _stands_out(across, around))


def _stands_out(across: float, around: float) -> float:
    return (across - around) / (across + around + FLOOR)


def label_shots(
    pictures: Iterable[Picture], cut_threshold: float, black_level: float, min_shot_s: float
) -> Iterator[tuple[Shot, Picture]]:
    """Every picture with its shot, two pictures late.

    A shot begins at a hard cut, and where the picture comes back from black. Black after a fade belongs to the shot
    before it; black that was cut to, to the shot after it.
    """
    shot, seen = None, False
    for before, picture, after in _windows(pictures):
        black = is_black(picture.thumb, black_level)
        if shot is None:
            shot = Shot(0, picture.index, picture.time_s, "start")
        elif picture.time_s - shot.start_s >= min_shot_s - 1e-6:
            fading = black and before[0].mean() - before[-1].mean() > FALLING
            cut = not fading and cut_score(before, after, cut_threshold) >= cut_threshold
            back = seen and not black and is_black(before[-1], black_level)
            if cut or back:
                shot = Shot(shot.number + 1, picture.index, picture.time_s, "fade" if back else "cut")
                seen = False
        seen = seen or not black
        yield shot, picture


def _windows(pictures: Iterable[Picture]) -> Iterator[tuple[list[Thumb], Picture, list[Thumb]]]:
    """Each picture with up to three thumbnails before it, and up to three from it on."""
    before: deque[Thumb] = deque(maxlen=REACH + 1)
    waiting: deque[Picture] = deque()
    for picture in pictures:
        waiting.append(picture)
        if len(waiting) > REACH:
            yield list(before), waiting[0], [p.thumb for p in waiting]
            before.append(waiting.popleft().thumb)
    while waiting:
        yield list(before), waiting[0], [p.thumb for p in waiting]
        before.append(waiting.popleft().thumb)


def _histogram(thumb: Thumb) -> NDArray[np.float64]:
    bins = (thumb * (BINS - 1e-3)).astype(np.uint8)
    return np.bincount(bins.ravel(), minlength=BINS) / thumb.size
