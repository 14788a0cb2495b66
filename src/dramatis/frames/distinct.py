"""Distinct frames: near-duplicates inside a shot are dropped."""

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np

from dramatis.core.phash import distances
from dramatis.frames.luma import Thumb
from dramatis.frames.sampling import Candidate

SHARPER = 1.1
"""A near-duplicate takes the place of the frame kept just before it only if it is this much sharper."""
STILL = 0.05
"""Brightness by which no place of a reduced picture differs if only coding noise does [0..1]."""
REMEMBERED = 64
"""Kept frames of the shot that a picture is compared with place by place; hashes are compared with all."""


def distinct(candidates: Iterable[Candidate], max_distance: int) -> Iterator[Candidate]:
    """The candidates of one shot without near-duplicates, in order; at least the first or a sharper one like it.

    Two are near-duplicates if their hashes differ by `max_distance` bits or less, or if they differ nowhere by more
    than coding noise: nearly flat pictures have hashes that noise decides. Of near-duplicates in a row the sharpest
    is kept, else the first. Only hashes and a few thumbnails are remembered, so a shot may have any length.
    """
    hashes: list[int] = []
    thumbs: deque[Thumb] = deque(maxlen=REMEMBERED)
    leader = best = None  # first and sharpest of the group that is still open
    for candidate in candidates:
        if leader is None or best is None:
            leader = best = candidate
        elif _near(candidate, hashes, thumbs, max_distance):
            continue
        elif not _near(candidate, [leader.phash, best.phash], [leader.thumb, best.thumb], max_distance):
            hashes.append(best.phash)
            thumbs.append(best.thumb)
            yield best
            leader = best = candidate
        elif candidate.sharpness > SHARPER * best.sharpness and _near(
            candidate, [leader.phash], [leader.thumb], max_distance
        ):
            best = candidate
    if best is not None:
        yield best


def _near(candidate: Candidate, hashes: list[int], thumbs: Iterable[Thumb], max_distance: int) -> bool:
    if hashes and distances([candidate.phash], hashes).min() <= max_distance:
        return True
    return any(np.abs(candidate.thumb - thumb).max() <= STILL for thumb in thumbs)
