"""Ways to cluster a bank of faces: ours and the obvious others, each a function from a bank to labels."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dramatis.bench.bank import Bank
from dramatis.cluster.characters import characters
from dramatis.cluster.graph import nearest
from dramatis.cluster.params import ClusterParams
from dramatis.cluster.tracks import cannot_link, normalised, pieces, sums

THRESHOLD = 0.30
"""Largest difference of one person on these banks: where the F1 over all pairs of faces of another bank is best."""

Labels = NDArray[np.int64]
Method = Callable[[Bank, ClusterParams], Labels]


def ours(data: Bank, params: ClusterParams) -> Labels:
    """Stage `cluster` as it is."""
    used = np.ones(len(data.who), bool)
    return characters(data.vectors, data.tracks, data.frames, data.boxes, used, THRESHOLD, params)


def exact_neighbours(data: Bank, params: ClusterParams) -> Labels:
    """The yardstick of time: the exact nearest neighbours of all faces, without any clustering."""
    nearest(data.vectors, params.neighbours)
    return np.full(len(data.who), -1)


def _means(data: Bank, params: ClusterParams) -> tuple[Labels, NDArray[np.float32]]:
    """Piece of its track that each face belongs to, and the mean vector of each piece."""
    piece = pieces(data.vectors, data.tracks, params.split * THRESHOLD)
    return piece, normalised(sums(data.vectors, piece, piece.max() + 1))


def average_linkage(data: Bank, params: ClusterParams) -> Labels:
    """Average linkage over all pairs of track means, with neither frames nor floor."""
    from sklearn.cluster import AgglomerativeClustering

    piece, means = _means(data, params)
    limit = 2 * params.link * THRESHOLD  # 1 - cosine
    return AgglomerativeClustering(None, metric="cosine", linkage="average", distance_threshold=limit).fit_predict(
        means
    )[piece]


def ours_hdbscan(data: Bank, params: ClusterParams) -> Labels:
    """Stage `cluster` with its other method."""
    return ours(data, params.model_copy(update={"method": "hdbscan"}))


def hdbscan_faces(data: Bank, params: ClusterParams) -> Labels:
    """HDBSCAN on all faces, blind to tracks."""
    from sklearn.cluster import HDBSCAN

    return HDBSCAN(min_cluster_size=params.min_faces, copy=True).fit_predict(data.vectors)


def umap_hdbscan(data: Bank, params: ClusterParams) -> Labels:
    """HDBSCAN on track means that UMAP laid out in ten dimensions."""
    from sklearn.cluster import HDBSCAN
    from umap import UMAP

    piece, means = _means(data, params)
    flat = UMAP(10, n_components=10, min_dist=0.0, metric="cosine", random_state=params.seed).fit_transform(means)
    return HDBSCAN(min_cluster_size=params.min_tracks, min_samples=2, copy=True).fit_predict(flat)[piece]


def optics(data: Bank, params: ClusterParams) -> Labels:
    """OPTICS on all faces with the cosine distance, the clustering of the peers' character sorters."""
    from sklearn.cluster import OPTICS

    return OPTICS(min_samples=5, metric="cosine").fit_predict(data.vectors)


def whispers(data: Bank, params: ClusterParams, sharp: bool = False) -> Labels:
    """Chinese Whispers (Biemann 2006) on track means, which never puts two tracks of one frame into one class."""
    piece, means = _means(data, params)
    apart = cannot_link(data.frames, piece, data.boxes, len(means))
    index, cosine = nearest(means, params.neighbours)
    limit = params.link * THRESHOLD
    close = (1 - cosine) / 2 <= limit
    weight = np.exp((cosine - 1) / 2 / (0.15 * limit)) if sharp else cosine
    label, order = np.arange(len(means)), np.random.default_rng(params.seed).permutation(len(means))
    for _ in range(30):
        before = label.copy()
        for node in order:
            classes, group = np.unique(label[index[node][close[node]]], return_inverse=True)
            votes = np.bincount(group, weight[node][close[node]], len(classes))
            votes[np.isin(classes, label[list(apart[node])])] = 0
            if len(votes) and votes.max() > 0:
                label[node] = classes[votes.argmax()]
        if (label == before).all():
            break
    return label[piece]


def sharp_whispers(data: Bank, params: ClusterParams) -> Labels:
    """The same with weights that fall steeply with the difference."""
    return whispers(data, params, sharp=True)


METHODS: dict[str, Method] = {
    method.__name__: method
    for method in (
        ours, exact_neighbours, average_linkage, ours_hdbscan, hdbscan_faces, umap_hdbscan, optics, whispers,
        sharp_whispers,
    )
}  # fmt: skip
