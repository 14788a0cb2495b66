"""Compares ways to cluster on synthetic banks: `PYTHONPATH=src:tests python tests/cluster/bench.py`.

Prints CPU seconds, the adjusted Rand index (strangers and unassigned faces count, each as a class of its own) and
how many identities share their home cluster with a bigger one.
"""

import sys
import time

import numpy as np
from bank import Bank, around, bank, random_unit
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN, AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score

from dramatis.cluster.characters import characters
from dramatis.cluster.graph import nearest
from dramatis.cluster.params import ClusterParams
from dramatis.cluster.tracks import cannot_link, normalised, pieces, sums
from dramatis.core.params import load_params

THRESHOLD = 0.30
"""Largest difference of one person on these banks (cosine 0.40): between their strangers and their tracks."""


def alone(label: NDArray[np.int64]) -> NDArray[np.int64]:
    """Labels in which every -1 is a class of its own."""
    return np.where(label < 0, -1 - np.arange(len(label)), label)


def merged(label: NDArray[np.int64], who: NDArray[np.int64]) -> int:
    """Identities that share the cluster where most of their faces are with one that has more faces there."""
    homes: dict[int, list[int]] = {}
    for identity in np.unique(who[who < 100_000]):
        own = label[(who == identity) & (label >= 0)]
        if len(own):
            homes.setdefault(int(np.bincount(own).argmax()), []).append(int(identity))
    return sum(len(people) - 1 for people in homes.values())


def ours(data: Bank, params: ClusterParams) -> NDArray[np.int64]:
    return characters(
        data.vectors, data.tracks, data.frames, data.boxes, np.ones(len(data.who), bool), THRESHOLD, params
    )


def track_means(data: Bank, params: ClusterParams) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    piece = pieces(data.vectors, data.tracks, params.split * THRESHOLD)
    return piece, normalised(sums(data.vectors, piece, piece.max() + 1))


def linkage(data: Bank, params: ClusterParams) -> NDArray[np.int64]:
    """Average linkage over all pairs, with neither frames nor floor."""
    piece, means = track_means(data, params)
    model = AgglomerativeClustering(
        None, metric="cosine", linkage="average", distance_threshold=2 * params.link * THRESHOLD
    )
    return model.fit_predict(means)[piece]


def hdbscan(data: Bank, params: ClusterParams) -> NDArray[np.int64]:
    piece, means = track_means(data, params)
    return HDBSCAN(min_cluster_size=params.min_tracks, min_samples=2, copy=True).fit_predict(means)[piece]


def whispers(data: Bank, params: ClusterParams, sharp: bool = False) -> NDArray[np.int64]:
    """Chinese Whispers (Biemann 2006) that never puts two tracks of one frame into one class; weights are cosines."""
    piece, means = track_means(data, params)
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


def sharp_whispers(data: Bank, params: ClusterParams) -> NDArray[np.int64]:
    """The same with weights that fall steeply with the difference."""
    return whispers(data, params, sharp=True)


def twins(tracks: int, near: float, seed: int = 0) -> Bank:
    """Two look-alikes (cosine 0.8), each in some tracks of one face at cosine `near` to them, all in two-shots."""
    rng = np.random.default_rng(seed)
    one = random_unit(128, rng)
    two = around(one, 0.8, rng)
    vectors = normalised(np.array([around(centre, near, rng) for _ in range(tracks) for centre in (one, two)]))
    count = 2 * tracks
    return Bank(
        vectors, [f"t{n:03d}" for n in range(count)], [f"f{n // 2:03d}" for n in range(count)], np.arange(count) % 2
    )


if __name__ == "__main__":
    params = load_params("cluster", ClusterParams)
    small = [
        ("twins, 10 tracks each", twins(10, 0.95)),
        ("twins, 40 tracks each", twins(40, 0.85)),
        ("2k", bank(2_000, 200, seed=1)),
        ("10k", bank(10_000, 200, seed=1)),
        ("10k, 2% impure", bank(10_000, 200, seed=1, impure=0.02)),
    ]
    large = [("50k, 2% impure", bank(50_000, 200, seed=1, impure=0.02))] if sys.argv[1:] == ["large"] else []
    for name, data in small + large:
        for method in (ours, linkage, hdbscan, whispers, sharp_whispers):
            began = time.process_time()
            label = method(data, params)
            spent = time.process_time() - began
            known = label >= 0
            every = adjusted_rand_score(data.who, alone(label))
            assigned = adjusted_rand_score(data.who[known], label[known])
            sys.stdout.write(
                f"{name:24s} {method.__name__:14s} {spent:6.2f} s  ARI {every:.3f}  "
                f"of assigned {assigned:.3f}  merged {merged(label, data.who)}  "
                f"unassigned {1 - known.mean():.2f}\n"
            )
