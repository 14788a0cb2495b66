"""Exact nearest neighbours, and the links between those that are near enough."""

import numpy as np
from numpy.typing import NDArray

from dramatis.cluster.tracks import Vectors, difference

SLACK = 1e-5
"""More than the rounding of single precision: what is this near the limit is compared again in double."""


def nearest(vectors: Vectors, neighbours: int, block: int = 1024) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The exact nearest others of each vector by cosine: indices and cosines, nearest first.

    Compares all pairs in blocks of rows, so memory grows with N and not with its square.

    Args:
        vectors: shape (N, D), L2-normalised.
        neighbours: how many for each.
        block: rows compared at once.

    Returns:
        Two arrays of shape (N, min(neighbours, N - 1)).
    """
    count = max(min(neighbours, len(vectors) - 1), 0)
    index, cosine = np.empty((len(vectors), count), np.int64), np.empty((len(vectors), count), np.float32)
    for low in range(0, len(vectors) if count else 0, block):
        rows = vectors[low : low + block] @ vectors.T
        rows[np.arange(len(rows)), np.arange(low, low + len(rows))] = -np.inf
        best = np.argpartition(-rows, count - 1, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(rows, best, 1), axis=1, kind="stable")
        index[low : low + block] = np.take_along_axis(best, order, 1)
        cosine[low : low + block] = np.take_along_axis(rows, index[low : low + block], 1)
    return index, cosine


def near_pairs(vectors: Vectors, neighbours: int, limit: float, block: int = 1024) -> NDArray[np.int64]:
    """Pairs (smaller, larger index) of near neighbours whose difference is at most `limit`, each once, shape (E, 2).

    Of each vector the `neighbours` nearest are taken, out of the few within the limit: on many vectors that is several
    times as quick as to rank them all.
    """
    found = [np.empty((0, 2), np.int64)]
    for low in range(0, len(vectors), block):
        rows = vectors[low : low + block] @ vectors.T
        near = rows >= 1 - 2 * limit - SLACK
        for own, (row, inside) in enumerate(zip(rows, near), low):
            others = np.flatnonzero(inside)
            others = others[(difference(row[others].astype(np.float64)) <= limit) & (others != own)]
            if len(others) > neighbours:
                others = others[np.argpartition(-row[others], neighbours - 1)[:neighbours]]
            found.append(np.stack([np.minimum(own, others), np.maximum(own, others)], 1))
    return np.unique(np.concatenate(found), axis=0)
