"""Parts that two videos have in common: runs of alike fingerprints at one offset."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.core.phash import distances
from dramatis.frames.schema import PRINTS_PER_S

FLAT = 0.03
"""Contrast of a picture so flat that noise decides its hash: it says neither yes nor no [0..1]."""
GAP_S = 1.0
"""Longest stretch inside a part that does not agree [s]."""
UNLIKE = 2
"""Pictures are unlike from so many times the allowed distance on."""
CHUNK = 1024
PEAKS = 64
"""Offsets of two videos that are looked at closely, those with most agreement first."""


class Rules(NamedTuple):
    """See `RepeatsParams`."""

    max_distance: int
    min_s: float
    min_share: float
    min_pictures: int


class Film(NamedTuple):
    """Fingerprints of a video, one for each quarter of a second, shape (T,); `told` is false where there is none."""

    hashes: NDArray[np.uint64]
    told: NDArray[np.bool_]


class Part(NamedTuple):
    """A part of two videos, in quarters of a second, half-open: where it begins in each, its length, and how alike."""

    start: int
    other: int
    length: int
    share: float


def on_grid(times_s: NDArray[np.float64], hashes: NDArray[np.uint64], contrast: NDArray[np.float32]) -> Film:
    """The fingerprints of a video, each in the quarter of a second that it belongs to."""
    cells = np.floor(times_s * PRINTS_PER_S + 1e-6).astype(int)
    size = int(cells.max()) + 1 if len(cells) else 0
    found = Film(np.zeros(size, np.uint64), np.zeros(size, bool))
    found.hashes[cells], found.told[cells] = hashes, contrast >= FLAT
    return found


def common_parts(a: Film, b: Film, rules: Rules) -> list[Part]:
    """The parts that both show, by their place in the first; none overlaps another in either video."""
    free_a, free_b = a.told.copy(), b.told.copy()
    found: list[Part] = []
    for offset in _offsets(a, b, rules):
        for part in _parts_at(a, b, offset, free_a, free_b, rules):
            found.append(part)
            free_a[part.start : part.start + part.length] = False
            free_b[max(0, part.other) : part.other + part.length] = False
    return sorted(found)


def kind_of(part: Part, length: int, other_length: int) -> str:
    """`opening` in the first third of both videos, `ending` in the last third of both, else `other`.

    Args:
        length: of the video, in quarters of a second.
        other_length: of the other video.
    """
    middles = [(part.start + part.length / 2) / length, (part.other + part.length / 2) / other_length]
    if max(middles) < 1 / 3:
        return "opening"
    return "ending" if min(middles) > 2 / 3 else "other"


def _offsets(a: Film, b: Film, rules: Rules) -> list[int]:
    """Offsets of b against a at which enough fingerprints agree, most first."""
    votes = np.zeros(len(a.hashes) + len(b.hashes) + 2, np.int64)
    for low in range(0, len(a.hashes), CHUNK):
        rows = slice(low, low + CHUNK)
        near = distances(a.hashes[rows], b.hashes) <= rules.max_distance
        i, j = np.nonzero(near & a.told[rows, None] & b.told)
        votes += np.bincount(j - (i + low) + len(a.hashes), minlength=len(votes))
    around = votes[:-2] + votes[1:-1] + votes[2:]  # an offset is seldom a whole number of quarters
    peaks = np.flatnonzero(around >= rules.min_s * PRINTS_PER_S * rules.min_share / 2)
    best = peaks[np.argsort(-around[peaks], kind="stable")][:PEAKS]
    return [int(peak) + 1 - len(a.hashes) for peak in best]


def _parts_at(
    a: Film, b: Film, offset: int, free_a: NDArray[np.bool_], free_b: NDArray[np.bool_], rules: Rules
) -> Iterator[Part]:
    """Runs that agree at one offset, where nothing was found before."""
    low, high = max(0, -offset), min(len(a.hashes), len(b.hashes) - offset)
    if high - low < rules.min_s * PRINTS_PER_S:
        return
    here = np.arange(low, high)
    agree = np.zeros(len(here), bool)
    for step in (-1, 0, 1):
        there = np.clip(here + offset + step, 0, len(b.hashes) - 1)
        near = np.bitwise_count(a.hashes[here] ^ b.hashes[there]) <= rules.max_distance
        agree |= near & free_a[here] & free_b[there]
    told = free_a[here] & free_b[here + offset]
    hits = np.flatnonzero(agree)
    for run in np.split(hits, np.flatnonzero(np.diff(hits) > GAP_S * PRINTS_PER_S) + 1):
        if not len(run):
            continue
        span = slice(int(run[0]), int(run[-1]) + 1)
        length = span.stop - span.start
        share = float(agree[span].sum() / max(1, (told | agree)[span].sum()))
        if length < rules.min_s * PRINTS_PER_S or share < rules.min_share:
            continue
        if _pictures(a.hashes[here[run]], UNLIKE * rules.max_distance, rules.min_pictures) >= rules.min_pictures:
            start = int(here[span.start])
            yield Part(start, start + offset, length, share)


def _pictures(hashes: NDArray[np.uint64], apart: int, enough: int) -> int:
    """Pictures more than `apart` bits from each other; counted up to `enough`."""
    found: list[int] = []
    for one in hashes.tolist():
        if not found or distances([one], found).min() > apart:
            found.append(one)
        if len(found) >= enough:
            break
    return len(found)
