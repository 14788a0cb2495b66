"""Shots: where one camera take ends and the next begins, found while the pictures pass."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Shot:
    """A take: its number from 0, its first frame and time [s], and how it begins (start, cut or fade)."""

    number: int
    start_frame: int
    start_s: float
    transition: str


def change(a: Thumb, b: Thumb) -> float:
    """How different two pictures are, from 0 for equal ones; more than 1 only for negatives of each other.

    It is the geometric mean of three differences that a cut has together.
    Mean difference of brightness, loss of correlation, and histogram distance. Motion and pans nearly keep the
    histogram, fades nearly keep the correlation, and a change of a small part nearly keeps the mean.
    """
    x, y = a - a.mean(), b - b.mean()
    correlation = float((x * y).mean() / (np.sqrt((x * x).mean() * (y * y).mean()) + NOISE))
    histogram = 1 - np.minimum(_histogram(a), _histogram(b)).sum()
    return float(max(np.abs(a - b).mean() * (1 - correlation) * histogram, 0) ** (1 / 3))


def is_black(thumb: Thumb, level: float) -> bool:
    """True if next to nothing in the picture is brighter than `level` [0..1]."""
    return bool((thumb > level).mean() <= 0.02)


def cut_score(before: list[Thumb], after: list[Thumb]) -> float:
    """How much the step from `before[-1]` to `after[0]` stands out from the steps around it [0..1].

    The step counts as its weakest form over all pairs across it, so a flash of one frame is none. Then it is set
    against the largest step nearby, as in adaptive content detection: fast motion and pans are large all along.

    Args:
        before: up to 3 pictures up to the step.
        after: up to 3 pictures from the step on.
    """
    if (np.abs(after[0] - before[-1]) > VISIBLE).mean() < CHANGED:
        return 0.0
    near = [before[-REACH:], after[:REACH]]
    across = min(change(a, b) for a in near[0] for b in near[1])
    around = max((change(*pair) for side in (before, after) for pair in zip(side, side[1:])), default=0.0)
    return max(0.0, (across - around) / (across + around + FLOOR))


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
            cut = cut_score(before, after) >= cut_threshold
            back = seen and not black and is_black(before[-1], black_level)
            if cut or back:
                shot = Shot(shot.number + 1, picture.index, picture.time_s, "cut" if cut else "fade")
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
