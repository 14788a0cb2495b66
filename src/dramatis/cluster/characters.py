"""The whole clustering on arrays: from faces and their tracks to characters."""

import numpy as np
from numpy.typing import NDArray

from dramatis.cluster.assign import Limits, assign
from dramatis.cluster.density import hdbscan
from dramatis.cluster.graph import near_pairs
from dramatis.cluster.linkage import average_linkage, kept, without_outsiders
from dramatis.cluster.params import ClusterParams
from dramatis.cluster.tracks import Vectors, cannot_link, in_order, normalised, pieces, sums


def characters(
    vectors: Vectors,
    tracks: list[str],
    frames: list[str],
    boxes: NDArray[np.int32],
    used: NDArray[np.bool_],
    threshold: float,
    params: ClusterParams,
) -> NDArray[np.int64]:
    """Character of each face, shape (N,): 0, 1, 2… in order of appearance, -1 for a face that belongs to none.

    Args:
        vectors: identity vectors, shape (N, D), L2-normalised.
        tracks, frames: of each face; faces of one track are one person, faces of one frame are several.
        boxes: half-open boxes [px], shape (N, 4).
        used: False for a face that quality rejected; it is only assigned afterwards.
        threshold: the embedder's largest difference (1 - cosine) / 2 of one person [0..1].
    """
    face = np.flatnonzero(used)
    if not len(face):
        return np.full(len(vectors), -1, np.int64)
    piece = np.full(len(vectors), -1, np.int64)
    piece[face] = pieces(vectors[face], [tracks[f] for f in face], params.split * threshold)
    size = np.bincount(piece[face])
    _, first = np.unique(piece[face], return_index=True)
    track_of = [tracks[f] for f in face[first]]
    means = normalised(sums(vectors, piece, len(size)))
    apart = cannot_link(frames, piece, boxes, len(size))

    link, floor = params.link * threshold, params.floor * threshold
    if params.method == "hdbscan":
        label = hdbscan(means, apart, params.min_tracks)
    else:
        label = average_linkage(means, near_pairs(means, params.neighbours, link), apart, link)
    label = without_outsiders(label, means, floor)
    label = kept(label, means, size, track_of, floor, params.min_tracks, params.min_faces)

    found = np.where(piece >= 0, label[piece], -1)
    limits = Limits(floor, min(link, floor), params.reach * threshold, params.chance, params.split * threshold)
    found = assign(found, vectors, tracks, frames, limits)
    found[found >= 0] = in_order(found[found >= 0])
    return found
