"""Where panels stand: in rows that fill the width, in reading order."""

from collections.abc import Sequence
from math import inf, log
from statistics import median
from typing import NamedTuple

NARROWEST, WIDEST = 0.4, 3.0
"""Width over height of a panel's place; pictures beyond these stand on paper in it."""


class Place(NamedTuple):
    """Where a panel's picture stands in its row, in the unit of the width."""

    panel: int
    x: float
    width: float
    height: float


def proportion(width: float, height: float) -> float:
    """Width over height of the place of a picture."""
    return min(max(width / height, NARROWEST), WIDEST)


def rows(proportions: Sequence[float], width: float, gutter: float, columns: int) -> list[list[Place]]:
    """Panels in rows, each as high as makes it fill the width.

    Of all ways to part the sequence that one is taken whose rows are most nearly as high as a row of `columns` usual
    panels: the least sum of squares of log(height / usual height), found by dynamic programming.

    Args:
        proportions: width over height of each panel's place, at least one.
        width: of a row.
        gutter: between the panels of a row.
        columns: usual panels of a row.
    """
    usual = (width - gutter * (columns - 1)) / (columns * median(proportions))
    best, cut = [0.0] + [inf] * len(proportions), [0] * (len(proportions) + 1)
    for end in range(1, len(proportions) + 1):
        for start in range(end):
            room = width - gutter * (end - start - 1)
            if room > 0:
                cost = best[start] + log(room / sum(proportions[start:end]) / usual) ** 2
                if cost < best[end] - 1e-9:
                    best[end], cut[end] = cost, start
    ends = [len(proportions)]
    while ends[-1]:
        ends.append(cut[ends[-1]])
    ends.reverse()
    return [_row(proportions, start, end, width, gutter) for start, end in zip(ends, ends[1:])]


def _row(proportions: Sequence[float], start: int, end: int, width: float, gutter: float) -> list[Place]:
    height = (width - gutter * (end - start - 1)) / sum(proportions[start:end])
    places, x = [], 0.0
    for panel in range(start, end):
        places.append(Place(panel, x, height * proportions[panel], height))
        x += height * proportions[panel] + gutter
    return places
