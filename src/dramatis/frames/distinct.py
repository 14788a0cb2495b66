"""Distinct frames: near-duplicates inside a shot are dropped."""
from collections.abc import Iterable, Iterator

from dramatis.core.phash import distances
from dramatis.frames.sampling import Candidate

SHARPER = 1.1
"""A near-duplicate takes the place of the frame kept just before it only if it is this much sharper."""


def distinct(candidates: Iterable[Candidate], max_distance: int) -> Iterator[Candidate]:
    """The candidates of one shot of which no two hashes differ by `max_distance` bits or less, in order.

    Of near-duplicates in a row the sharpest is kept, else the first. Only hashes are remembered, so a shot may be as
    long as it likes.
    """
    passed: list[int] = []  # hashes of the frames that were passed on
    leader = best = None  # first and sharpest of the group that is still open
    for candidate in candidates:
        if best is None:
            leader = best = candidate
        elif passed and _nearest(candidate, passed) <= max_distance:
            continue
        elif _nearest(candidate, [leader.phash, best.phash]) > max_distance:
            passed.append(best.phash)
            yield best
            leader = best = candidate
        elif candidate.sharpness > SHARPER * best.sharpness and _nearest(candidate, [leader.phash]) <= max_distance:
            best = candidate
    if best is not None:
        yield best


def _nearest(candidate: Candidate, hashes: list[int]) -> int:
    return int(distances([candidate.phash], hashes).min())
