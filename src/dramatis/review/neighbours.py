"""Neighbours: pairs of groups that may show the same person."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

REACH = 1.6
"""Largest difference of the means of two groups that are worth a look side by side [thresholds]."""


class Neighbour(NamedTuple):
    """Another group near to one.

    Attributes:
        group: its position.
        away: difference (1 - cosine) / 2 of the means [thresholds].
        together: frames that show both, which speak against one person.
    """

    group: int
    away: float
    together: int


def neighbours(
    means: NDArray[np.float32], frames: Sequence[set[str]], threshold: float, most: int = 6, least: int = 2
) -> list[list[Neighbour]]:
    """The nearest other groups of each group: within reach and apart first, then others; each part nearest first.

    Args:
        means: of the groups, shape (G, D), L2-normalised.
        frames: of each group.
        threshold: the embedder's largest difference of one person.
        most: how many of them.
        least: how many, even if none is within reach.
    """
    found = []
    for n in range(len(means)):
        away = (1 - means @ means[n]) / 2 / threshold
        away[n] = np.inf
        order = [int(k) for k in np.argsort(away, kind="stable")[: 2 * most] if np.isfinite(away[k])]
        pairs = [Neighbour(k, float(away[k]), len(frames[n] & frames[k])) for k in order]
        likely = [pair for pair in pairs if pair.away <= REACH and not pair.together]
        found.append([*likely, *(pair for pair in pairs if pair not in likely)][: min(max(len(likely), least), most)])
    return found
