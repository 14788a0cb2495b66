"""Which pictures of a shot become candidates: one function per mode, and every shot gives at least one."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from dramatis.frames.luma import Thumb
from dramatis.frames.shots import is_black
from dramatis.frames.video import Picture


@dataclass(frozen=True)
class Candidate:
    """A picture that may be kept: finished, so that the decoded frame can go.

    Attributes:
        index: number of the decoded frame.
        time_s: presentation time [s].
        phash: 64-bit perceptual hash.
        sharpness: see `picture.sharpness`.
        width_px: width of the picture.
        height_px: height of the picture.
        thumb: its brightness, reduced.
        image: JPEG bytes.
        flag: see `flags.flag_of`.
    """

    index: int
    time_s: float
    phash: int
    sharpness: float
    width_px: int
    height_px: int
    thumb: Thumb
    image: bytes
    flag: str | None = None


Test = Callable[[Picture], bool]
Render = Callable[[Picture], Candidate]


def black_at(level: float) -> Test:
    """Passes pictures in which next to nothing is brighter than `level` [0..1]."""
    return lambda picture: is_black(picture.thumb, level)


def at_rate(fps: float) -> Test:
    """Passes the first picture it is shown, then the first at or after each 1/fps seconds from there."""
    start = due = -math.inf

    def passes(picture: Picture) -> bool:
        nonlocal start, due
        if picture.time_s < due - 1e-6:
            return False
        start = picture.time_s if start == -math.inf else start
        due = start + (math.floor((picture.time_s - start) * fps + 1e-6) + 1) / fps
        return True

    return passes


def is_key(picture: Picture) -> bool:
    """Passes the key frames of the coded stream."""
    return picture.key


def chosen(members: Iterable[Picture], passes: Test, black: Test) -> Iterator[Picture]:
    """Pictures of one shot that pass and are not black; its first picture if there is none."""
    first, found = None, False
    for picture in members:
        first = first or picture
        if not black(picture) and passes(picture):
            found = True
            yield picture
    if first is not None and not found:
        yield first


def sharpest(candidates: Iterable[Candidate], per_shot: int) -> Iterator[Candidate]:
    """The sharpest candidate of each of `per_shot` equal parts of one shot, in order.

    A shot's length is known only at its end. When there are more than eight candidates for each part, only the sharper
    of each two neighbours stays: memory is the same for a shot of any length.
    """
    pool: list[Candidate] = []
    weight = 1  # candidates that each one in the pool stands for
    group: list[Candidate] = []
    for candidate in candidates:
        group.append(candidate)
        if len(group) < weight:
            continue
        pool.append(_sharper(group))
        group = []
        if len(pool) > 8 * per_shot:
            pool = [_sharper(pool[n : n + 2]) for n in range(0, len(pool), 2)]
            weight *= 2
    pool += [_sharper(group)] if group else []
    edges = [round(part * len(pool) / per_shot) for part in range(per_shot + 1)]
    for low, high in zip(edges, edges[1:]):
        if high > low:
            yield _sharper(pool[low:high])


def _sharper(candidates: list[Candidate]) -> Candidate:
    return max(candidates, key=lambda candidate: candidate.sharpness)
