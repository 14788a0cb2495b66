"""Which rows of a dataset stand on its sheet: some of every kind, spread over time."""

from collections.abc import Iterable, Sequence
from typing import Any

Row = dict[str, Any]


def spread(rows: Sequence[Row], most: int) -> list[Row]:
    """At most so many rows, of each split, stage and origin in turn, from the whole length of the videos.

    Args:
        rows: of one section, with `split`, `stage`, `origin`, `video`, `time_code` and `id`.

    Returns:
        Training before validation, each by video and time.
    """
    kinds: dict[tuple[str, ...], list[Row]] = {}
    for row in sorted(rows, key=_time):
        kinds.setdefault((row["split"], row["stage"], row["origin"]), []).append(row)
    order = sorted(kinds, key=lambda kind: (-len(kinds[kind]), kind))
    shares = _dealt([len(kinds[kind]) for kind in _by_split(order)], most)
    taken = [row for kind, share in zip(_by_split(order), shares, strict=True) for row in _even(kinds[kind], share)]
    return sorted(taken, key=lambda row: (row["split"] != "train", row["split"], _time(row)))


def _time(row: Row) -> tuple[str, str, str]:
    return row["video"] or "", row["time_code"] or "", row["id"]


def _by_split(order: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Kinds so that the first one of each split comes before the second of any: no split is left without a picture."""
    rank: dict[str, int] = {}
    places = []
    for kind in order:
        places.append((rank.get(kind[0], 0), kind))
        rank[kind[0]] = rank.get(kind[0], 0) + 1
    return [kind for _, kind in sorted(places, key=lambda pair: pair[0])]


def _dealt(sizes: Sequence[int], most: int) -> list[int]:
    """How many of each kind are taken: one of each in turn while there are any left."""
    shares = [0] * len(sizes)
    left = min(most, sum(sizes))
    while left:
        for n, size in enumerate(sizes):
            if left and shares[n] < size:
                shares[n] += 1
                left -= 1
    return shares


def _even(rows: Sequence[Row], count: int) -> list[Row]:
    """So many rows at equal distances, neither first nor last of a long list."""
    return [rows[(2 * n + 1) * len(rows) // (2 * count)] for n in range(count)]


def grouped(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    """Rows by a column, the largest group first; empty values under `-`."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[key] or "-", []).append(row)
    return dict(sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0])))
