"""HDBSCAN in the place of average linkage: classes are where tracks lie dense (Campello, Moulavi, Sander 2013)."""

import numpy as np
from numpy.typing import NDArray

from dramatis.cluster.tracks import Vectors, in_order, normalised, sums


def hdbscan(means: Vectors, apart: list[set[int]], min_tracks: int) -> NDArray[np.int64]:
    """Classes of tracks by density; -1 for noise.

    It needs no limit, and cannot be told that two tracks are two people: where a class holds such a pair, the one that
    is farther from the mean of its class leaves it.

    Args:
        means: mean vectors of the tracks, shape (M, D), L2-normalised.
        apart: for each track those that are somebody else.
        min_tracks: tracks of the smallest class.

    Returns:
        Classes 0, 1, 2… in order of appearance and -1, shape (M,).
    """
    from sklearn.cluster import HDBSCAN

    if len(means) <= max(min_tracks, 2):  # too few for a density
        return np.full(len(means), -1, np.int64)
    label = HDBSCAN(min_cluster_size=max(min_tracks, 2), min_samples=2, copy=True).fit_predict(means).astype(np.int64)
    if label.max() < 0:
        return label
    near = np.einsum("md,md->m", means, normalised(sums(means, label, label.max(initial=-1) + 1))[label])
    for track in np.argsort(near, kind="stable"):  # the farthest first
        if label[track] >= 0 and any(label[other] == label[track] for other in apart[track]):
            label[track] = -1
    label[label >= 0] = in_order(label[label >= 0])
    return label
