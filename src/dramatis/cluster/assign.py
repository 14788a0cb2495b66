"""Late faces: those that took no part in the clustering, or fell out of it, and still belong to somebody."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.cluster.tracks import Vectors, difference, normalised, sums


class Limits(NamedTuple):
    """How far a late face or track may be from the character that it gets, in differences (1 - cosine) / 2.

    Attributes:
        floor: largest difference between the mean of a track and that of a character.
        reach: the same for a track of at least two faces that is nearer to this character than to any other by
            `margin`: a hard track is far from its own character, but farther from all others.
        margin: see `reach`.
        split: largest difference of a single face to the character that its track gives it.
    """

    floor: float
    reach: float
    margin: float
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
        first, second = np.sort(difference(whole))[[0, min(1, count - 1)]]
        ahead = second - first >= limits.margin if count > 1 else True
        near = first <= limits.floor or (len(faces) > 1 and first <= limits.reach and ahead)
        candidate[faces] = homes.get(track, int(whole.argmax()) if near else -1)
    cosine = np.einsum("nd,nd->n", vectors, means[candidate])
    seen = {(frames[face], int(label[face])) for face in np.flatnonzero(label >= 0)}
    for face in np.argsort(-cosine, kind="stable"):
        place = frames[face], int(candidate[face])
        if candidate[face] >= 0 and difference(cosine[face]) <= limits.split and place not in seen:
            label[face] = candidate[face]
            seen.add(place)
    return label


def _homes(label: NDArray[np.int64], tracks: list[str]) -> dict[str, int]:
    """For each track with characters the one that most of its faces have; the lower number on equal counts."""
    votes: dict[str, dict[int, int]] = {}
    for face in np.flatnonzero(label >= 0):
        of_track = votes.setdefault(tracks[face], {})
        of_track[int(label[face])] = of_track.get(int(label[face]), 0) + 1
    return {track: min(found, key=lambda c: (-found[c], c)) for track, found in votes.items()}
