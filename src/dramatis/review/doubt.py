"""Doubt: how much a person's look at a group is worth, and why, in words. Pure functions on arrays."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FAR = 0.6
"""A track whose difference to the rest of its group is more than this is far from it [thresholds]."""
LOOSE = 0.35
"""Mean difference of faces to their group's mean from which on it counts as wide [thresholds]."""
CLOSE = 0.5
"""Lead over the next group below which a track could as well belong there [thresholds]."""
SHOWN = 0.1
"""Least part of the doubt that is worth a word."""


class Doubt(NamedTuple):
    """How doubtful a group is.

    Attributes:
        value: [0..1]; 0 is sure, 1 needs a look.
        reasons: why, the gravest first.
    """

    value: float
    reasons: list[str]


class Place(NamedTuple):
    """Where a track lies between its own group and the others.

    Attributes:
        away: difference (1 - cosine) / 2 of its mean to the mean of the rest of its group [thresholds]; null if it is
            the only one.
        lead: how much nearer the rest of its group is than the nearest other group [thresholds]; null likewise.
        next: position of that other group; null if there is none.
    """

    away: float | None
    lead: float | None
    next: int | None


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows of length 1; rows of zeros stay."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(length > 0, length, 1)).astype(np.float32)


def sums(vectors: NDArray[np.float32], owner: Sequence[int] | NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """Sum of the vectors of each owner, shape (count, D).

    Args:
        vectors: shape (N, D).
        owner: number of the owner of each vector, in [0, count).
    """
    total = np.zeros((count, vectors.shape[1]), np.float32)
    np.add.at(total, np.asarray(owner, int), vectors)
    return total


def place_tracks(
    tracks: NDArray[np.float32], group_of: Sequence[int], rivals: Sequence[bool], threshold: float
) -> list[Place]:
    """How each track lies between its own group and the others.

    Args:
        tracks: sum of the vectors of each track, shape (T, D).
        group_of: number of the group of each track.
        rivals: which groups count as others, shape (G,).
        threshold: the embedder's largest difference of one person.
    """
    owner, open_ = np.asarray(group_of, int), np.asarray(rivals, bool)
    groups = sums(tracks, owner, len(open_))
    means = unit(groups)
    alone = np.bincount(owner, minlength=len(open_))[owner] == 1
    found = []
    for n, group in enumerate(owner):
        track = unit(tracks[n])
        cosine = np.where(open_, means @ track, -np.inf)
        cosine[group] = -np.inf
        rival = int(cosine.argmax()) if np.isfinite(cosine).any() else None
        if alone[n]:
            found.append(Place(None, None, rival))
            continue
        away = float(1 - unit(groups[group] - tracks[n]) @ track) / 2 / threshold
        other = float(1 - cosine[rival]) / 2 / threshold if rival is not None else np.inf
        found.append(Place(away, other - away if rival is not None else None, rival))
    return found


def certainty(track: Place) -> float:
    """One number to sort tracks by; lower is less certain."""
    if track.away is None:
        return 0.0
    return min(1 - track.away, track.lead if track.lead is not None else np.inf)


def doubt(
    *, unnamed: bool, share: float, width: float | None, tracks: Sequence[Place], settled: Sequence[bool]
) -> Doubt:
    """The doubt about a group: each cause is a share of 1, and together they leave what none of them takes away.

    Args:
        unnamed: it has no name; which needs no word, as the page shows it.
        share: how long it is seen, over the longest of all [0..1].
        width: mean difference of its faces to its mean [thresholds]; null if it holds one face.
        tracks: where its tracks lie.
        settled: which of them a person has decided about; these are beyond doubt.
    """
    open_ = [track for track, done in zip(tracks, settled, strict=True) if not done]
    far = [track for track in open_ if track.away is not None and track.away > FAR]
    lead = min((track.lead for track in open_ if track.lead is not None and track.lead < CLOSE), default=CLOSE)
    causes = {
        "": 0.4 + 0.5 * share**0.5 if unnamed else 0.0,
        f"{_tracks(len(far))} far from the rest": min(0.8, 0.35 + 0.4 * len(far) / max(len(tracks), 1)) if far else 0.0,
        "close to somebody else": 0.6 * float(np.clip(1 - lead / CLOSE, 0, 1)),
        "a little apart": 0.08 * min(max((track.away or 0.0 for track in open_), default=0.0), 1.0),
        "faces differ": 0.5 * float(np.clip((width - LOOSE) / LOOSE, 0, 1)) if width is not None and open_ else 0.0,
    }
    sure = float(np.prod([1 - part for part in causes.values()]))
    shown = sorted((name for name, part in causes.items() if name and part >= SHOWN), key=lambda name: -causes[name])
    return Doubt(1 - sure, shown)


def _tracks(count: int) -> str:
    return "1 track" if count == 1 else f"{count} tracks"
