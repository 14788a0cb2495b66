"""Tracks: the faces of one track are one person, unless they differ too much."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Cosines = TypeVar("Cosines", NDArray[np.floating], float)
"""Identity vectors, shape (N, D), each of length 1."""


def difference(cosine: Cosines) -> Cosines:
    """The difference (1 - cosine) / 2 [0..1]; 0 means the same direction."""
    return (1 - cosine) / 2


def normalised(vectors: NDArray[np.floating]) -> Vectors:
    """Rows of length 1; a row of zeros stays as it is."""
    vectors = np.asarray(vectors, np.float64)
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(length > 0, length, 1)).astype(np.float32)


def sums(vectors: Vectors, labels: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Sum of the vectors of each label 0..count-1, shape (count, D); a label of -1 is left out."""
    total = np.zeros((count, vectors.shape[1]))
    np.add.at(total, labels[labels >= 0], vectors[labels >= 0].astype(np.float64))
    return total


def pieces(vectors: Vectors, tracks: list[str], limit: float) -> NDArray[np.int64]:
    """Piece of its track that each face belongs to: numbers from 0 in order of appearance, shape (N,).

    A track stays whole unless average linkage cuts it at a difference above `limit`: then it has followed
    somebody else for a while, or a turn of the head that the embedder does not bridge.
    """
    members: dict[str, list[int]] = {}
    for face, track in enumerate(tracks):
        members.setdefault(track, []).append(face)
    piece, next_piece = np.full(len(tracks), -1, np.int64), 0
    for faces in members.values():
        parts = linked(vectors[faces], limit)
        piece[faces] = parts + next_piece
        next_piece += int(parts.max()) + 1
    return piece


def linked(vectors: Vectors, limit: float) -> NDArray[np.int64]:
    """Average linkage of a few vectors, cut at a mean difference of `limit`; labels in order of appearance."""
    apart = difference(np.clip(vectors @ vectors.T, -1, 1).astype(np.float64))
    if apart.max() <= limit:
        return np.zeros(len(vectors), np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage  # slow to import, and most tracks are whole

    upper = apart[np.triu_indices(len(vectors), 1)]
    labels = fcluster(linkage(np.clip(upper, 0, 1), "average"), limit, "distance")
    return in_order(labels)


def in_order(labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """The same grouping with numbers 0, 1, 2… in order of appearance."""
    _, first, group = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[group]


def cannot_link(frames: list[str], pieces: NDArray[np.int64], boxes: NDArray[np.int32], count: int) -> list[set[int]]:
    """For each piece the pieces that are somebody else: those seen in one frame with it.

    Two boxes that overlap by half or more are taken for one face found twice and say nothing.
    """
    together: dict[str, list[int]] = {}
    for face in np.flatnonzero(pieces >= 0):
        together.setdefault(frames[face], []).append(int(face))
    others: list[set[int]] = [set() for _ in range(count)]
    for faces in together.values():
        for n, a in enumerate(faces):
            for b in faces[n + 1 :]:
                if pieces[a] != pieces[b] and _shared(boxes[a], boxes[b]) < 0.5:
                    others[pieces[a]].add(int(pieces[b]))
                    others[pieces[b]].add(int(pieces[a]))
    return others


def _shared(a: NDArray[np.int32], b: NDArray[np.int32]) -> float:
    """Share of the smaller box that lies inside the other [0..1]."""
    sides = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None)
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return float(sides[0] * sides[1] / smaller) if smaller > 0 else 0.0
