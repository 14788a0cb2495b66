"""Which of a track's crops stay: the sharpest, and then those that differ most from what was taken."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dramatis.core.phash import distances

YAW_DEG = 60.0
"""Turn of the head that counts as much as another person's identity vector at a right angle."""
LUMA = 0.5
"""Difference of brightness that does, of the range 0..1."""
NOTHING_TAKEN = 1e9
"""Distance from what was taken before anything is: the same for all, so that sharpness decides."""
OCTAVES = 1.5
"""Doublings of the face's share of the frame that do: close-up against medium shot."""


def features(
    vectors: NDArray[np.float32], yaw: Sequence[float | None], luma: Sequence[float], face: Sequence[float]
) -> NDArray[np.float64]:
    """Points whose distances say how much crops of a track differ, shape (N, D + 3).

    Args:
        vectors: of identity, shape (N, D), rows of length 1.
        yaw: turn of the head [degrees]; an unknown one counts as the median of the others.
        luma: brightness of the face [0..1].
        face: its height over that of the frame, above 0.
    """
    turns = np.array([np.nan if value is None else value for value in yaw], float)
    known = turns[~np.isnan(turns)]
    turns = np.where(np.isnan(turns), np.median(known) if len(known) else 0.0, turns)
    parts = [turns / YAW_DEG, np.asarray(luma, float) / LUMA, np.log2(np.asarray(face, float)) / OCTAVES]
    return np.column_stack([np.asarray(vectors, float) / np.sqrt(2), *parts])


def choose(
    ids: Sequence[str],
    points: NDArray[np.float64],
    sharpness: Sequence[float],
    hashes: Sequence[int],
    min_distance: int,
    max_count: int,
) -> list[str | None]:
    """Which pictures stay: None for those that do, else the rule that leaves one out.

    The sharpest is taken first, then the one that is farthest from all that were taken (farthest-point choice), its
    distance weighed by its sharpness: a blurred face lies far off, too. So the choice of n pictures is the beginning
    of that of n + 1. On two films and a real clip three of a track lay 1.5 to 2 times as far apart as the three
    sharpest, at 97 to 99 % of the sharpest's sharpness.

    Args:
        ids: keys; of equal pictures the first by key is taken, so the order given does not matter.
        points: where they lie, shape (N, D), see `features`; without columns the sharpest are taken.
        sharpness: higher is sharper, not below 0.
        hashes: perceptual hash of each.
        min_distance: bits in which a picture must differ from every one that was taken; 0 takes all.
        max_count: how many to take.
    """
    order = sorted(range(len(ids)), key=lambda n: (-sharpness[n], ids[n]))
    rank = np.empty(len(ids), int)
    rank[order] = np.arange(len(ids))
    apart = np.full(len(ids), NOTHING_TAKEN)
    rules: dict[int, str | None] = {}
    for _ in range(max_count):
        left = [n for n in order if n not in rules]
        if not left:
            break
        taken = max(left, key=lambda n: (apart[n] * sharpness[n], -rank[n]))
        near = distances([hashes[taken]], list(hashes))[0] < min_distance
        rules |= {n: "near_duplicate" for n in left if near[n] and n != taken}
        apart = np.minimum(apart, np.linalg.norm(points - points[taken], axis=1))
        rules[taken] = None
    return [rules.get(n, "max_per_track") for n in range(len(ids))]
