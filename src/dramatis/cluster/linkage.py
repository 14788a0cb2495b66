"""From tracks to characters: the nearest join, outsiders leave, and an absolute floor decides who counts."""

import heapq
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from dramatis.cluster.tracks import Vectors, difference, in_order, sums


def average_linkage(means: Vectors, pairs: NDArray[np.int64], apart: list[set[int]], limit: float) -> NDArray[np.int64]:
    """Average linkage on a graph: joins linked classes, nearest first, while their mean difference is at most `limit`.

    Where look-alikes share frames, each keeps the tracks that are nearest, and the others are barred from then on.
    Chinese Whispers does as well and costs less if its weights are sharp, or if people have more tracks than it looks
    at neighbours; else it mixes them up (`make benchmark-identity`). This depends on neither, nor on an order.

    Args:
        means: mean vectors of the tracks, shape (M, D), L2-normalised.
        pairs: linked tracks, shape (E, 2); only classes with a link between them can join.
        apart: for each track those that are somebody else; classes that hold such a pair never join.
        limit: largest mean difference (1 - cosine) / 2 between the tracks of two classes that join.

    Returns:
        Classes 0, 1, 2… in order of appearance, shape (M,).
    """
    size, total = np.ones(len(means), np.int64), means.astype(np.float64)
    near: list[set[int]] = [set() for _ in means]
    for a, b in pairs.tolist():
        near[a].add(b)
        near[b].add(a)
    barred = [set(others) for others in apart]
    queue: list[tuple[float, int, int, int, int]] = []
    for a in range(len(means)):
        _offer(queue, a, [b for b in near[a] - barred[a] if b > a], total, size, limit)
    into = np.arange(len(means))
    while queue:
        _, a, b, size_a, size_b = heapq.heappop(queue)
        if (size[a], size[b]) != (size_a, size_b):
            continue  # an offer from before one of the two grew or went
        into[b] = a
        total[a] += total[b]
        size[a], size[b] = size_a + size_b, 0
        _hand_over(near, b, a)
        _hand_over(barred, b, a)
        _offer(queue, a, near[a] - barred[a], total, size, limit)
    while (into != into[into]).any():
        into = into[into]
    return in_order(into)


def _hand_over(links: list[set[int]], gone: int, live: int) -> None:
    """Gives the links of a class that has gone to the one that took it in."""
    for other in links[gone] - {live}:
        links[other].discard(gone)
        links[other].add(live)
        links[live].add(other)
    links[live].discard(gone)


def _offer(
    queue: list[tuple[float, int, int, int, int]],
    a: int,
    others: Collection[int],
    total: NDArray[np.float64],
    size: NDArray[np.int64],
    limit: float,
) -> None:
    """Queues the joins of class `a` with others that are near enough; the class with more tracks lives on."""
    if not others:
        return
    row = sorted(others)
    mean = difference(total[row] @ total[a] / (size[row] * size[a]))
    for b, apart in zip(row, mean, strict=True):
        if apart <= limit:
            live, gone = (a, b) if (size[a], -a) >= (size[b], -b) else (b, a)
            heapq.heappush(queue, (float(apart), live, gone, int(size[live]), int(size[gone])))


def without_outsiders(label: NDArray[np.int64], means: Vectors, limit: float) -> NDArray[np.int64]:
    """Takes tracks out of their class (label -1) that differ from its other tracks by more than `limit` on average.

    A stranger who resembles one of twenty tracks comes in through that one; this shows it out.
    """
    if label.max(initial=-1) < 0:
        return label
    total, count = sums(means, label, label.max() + 1), np.bincount(label[label >= 0])
    rest = np.maximum(count[label] - 1, 1)
    cosine = (np.einsum("md,md->m", means.astype(float), total[label]) - 1) / rest  # to the others, without itself
    outside = (label >= 0) & (count[label] > 1) & (difference(cosine) > limit)
    return np.where(outside, -1, label)


def kept(
    label: NDArray[np.int64],
    means: Vectors,
    faces: NDArray[np.int64],
    tracks: list[str],
    limit: float,
    min_tracks: int,
    min_faces: int,
) -> NDArray[np.int64]:
    """The absolute floor: classes that are characters keep a number 0, 1, 2…; all other tracks get -1.

    Args:
        label: class of each piece of a track, shape (M,); -1 for none.
        means: mean vectors of the pieces, shape (M, D), L2-normalised.
        faces: number of faces of each piece, shape (M,).
        tracks: track of each piece.
        limit: largest mean difference between the pieces of a character.
        min_tracks, min_faces: what a character needs at least.
    """
    keep = np.full(len(label), -1, np.int64)
    for number in np.unique(label[label >= 0]):
        member = np.flatnonzero(label == number)
        total, n = means[member].astype(float).sum(0), len(member)
        cosine = (total @ total - n) / (n * (n - 1)) if n > 1 else 1.0  # mean over pairs of different pieces
        enough = len({tracks[m] for m in member}) >= min_tracks and faces[member].sum() >= min_faces
        if enough and difference(cosine) <= limit:
            keep[member] = number
    keep[keep >= 0] = in_order(keep[keep >= 0])
    return keep
