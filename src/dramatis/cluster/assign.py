"""Late faces: those that took no part in the clustering, or fell out of it, and still belong to somebody."""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.cluster.tracks import Vectors, difference, normalised, sums

MIN_OTHERS = 20
"""Characters from which on it is known how near strangers get by chance."""


class Limits(NamedTuple):
    """How far a late face or track may be from the character that it gets, in differences (1 - cosine) / 2.

    Attributes:
        face: largest difference between a track of one face and the mean of a character.
        track: the same for the mean of a track of more faces, which is surer.
        reach: the same for such a track that stands out, see `stands_out`.
        chance: see `stands_out` [0..1].
        split: largest difference of a single face to the character that its track gives it.
    """

    face: float
    track: float
    reach: float
    chance: float
    split: float


def assign(
    label: NDArray[np.int64], vectors: Vectors, tracks: list[str], frames: list[str], limits: Limits
) -> NDArray[np.int64]:
    """Gives faces without a character the one of their track, or the nearest one.

    Args:
        label: character of each face, shape (N,); -1 for none.
        vectors: identity vectors, shape (N, D), L2-normalised.
        tracks, frames: of each face.

    Returns:
        Characters, shape (N,); what had one keeps it, and no frame gets two faces of one character.
    """
    label, count = label.copy(), int(label.max(initial=-1)) + 1
    if not count:
        return label
    means = normalised(sums(vectors, label, count))
    candidate = np.full(len(label), -1, np.int64)
    late: dict[str, list[int]] = {}
    for face in np.flatnonzero(label < 0):
        late.setdefault(tracks[face], []).append(int(face))
    homes = _homes(label, tracks)
    for track, faces in late.items():
        whole = means @ normalised(vectors[faces].astype(float).sum(0))
        apart = difference(whole.max())
        if len(faces) == 1:
            near = apart <= limits.face
        else:
            near = apart <= limits.track or (apart <= limits.reach and stands_out(whole, limits.chance))
        candidate[faces] = homes.get(track, int(whole.argmax()) if near else -1)
    cosine = np.einsum("nd,nd->n", vectors, means[candidate])
    seen = {(frames[face], int(label[face])) for face in np.flatnonzero(label >= 0)}
    for face in np.argsort(-cosine, kind="stable"):
        place = frames[face], int(candidate[face])
        if candidate[face] >= 0 and difference(cosine[face]) <= limits.split and place not in seen:
            label[face] = candidate[face]
            seen.add(place)
    return label


def stands_out(cosine: NDArray[np.floating], chance: float) -> bool:
    """True if a track is nearer to one character, and to one only, than a stranger would come to any by chance.

    A hard track (turned away, dark) is far from its own character, but the others show how far strangers are: their
    cosines are taken as a normal distribution, and the limit is what about `chance` of the strangers pass with some
    character (Bonferroni's bound). With fewer than `MIN_OTHERS` others that says nothing.

    Args:
        cosine: of the track to each character, shape (K,).
        chance: share of strangers that may pass [0..1].
    """
    *others, best = np.sort(cosine)
    if len(others) < MIN_OTHERS:
        return False
    limit = np.mean(others) + NormalDist().inv_cdf(1 - chance / len(cosine)) * np.std(others, ddof=1)
    return bool(others[-1] < limit <= best)


def _homes(label: NDArray[np.int64], tracks: list[str]) -> dict[str, int]:
    """For each track with characters the one that most of its faces have; the lower number on equal counts."""
    votes: dict[str, dict[int, int]] = {}
    for face in np.flatnonzero(label >= 0):
        of_track = votes.setdefault(tracks[face], {})
        of_track[int(label[face])] = of_track.get(int(label[face]), 0) + 1
    return {track: min(found, key=lambda c: (-found[c], c)) for track, found in votes.items()}
