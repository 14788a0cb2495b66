"""From differences between the shots of one character to outfits."""

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
"""Outfit of each shot: 0, 1, 2… in order of appearance, -1 for none; shape (L,)."""


def in_order(labels: Labels) -> Labels:
    """The same groups with numbers in order of appearance; -1 stays."""
    found = list(dict.fromkeys(labels[labels >= 0].tolist()))
    return np.array([found.index(label) if label >= 0 else -1 for label in labels.tolist()], np.int64)


def outfits(apart: NDArray[np.float64], max_difference: float, reach: float, min_shots: int) -> Labels:
    """The outfits of one character by average linkage.

    The limit is absolute, so somebody in one outfit all the time is not taken apart for what light and framing do.
    Groups that are too small are left over and join the nearest outfit within `reach`; the largest group stays, and of
    equal ones the first.

    Args:
        apart: differences, shape (L, L), symmetric.
        max_difference: largest mean difference between groups that join.
        reach: largest mean difference of a shot left over to the outfit that it joins.
        min_shots: shots that an outfit needs.
    """
    if not len(apart):
        return np.zeros(0, np.int64)
    label = _linked(apart, max_difference)
    size = np.bincount(label)
    stays = size >= min(min_shots, size.max())
    if size.max() < min_shots:
        stays &= np.arange(len(size)) == size.argmax()
    label = np.where(stays[label], label, -1)
    return in_order(joined(label, apart, reach))


def _linked(apart: NDArray[np.float64], limit: float) -> Labels:
    if len(apart) == 1:
        return np.zeros(1, np.int64)
    from scipy.cluster.hierarchy import fcluster, linkage  # slow to import

    upper = apart[np.triu_indices(len(apart), 1)]
    return in_order(fcluster(linkage(upper, "average"), limit, "distance").astype(np.int64))


def joined(label: Labels, apart: NDArray[np.float64], reach: float) -> Labels:
    """The labels in which each shot without one has that of the nearest outfit, if it is within `reach`."""
    near = nearness(label, apart)
    best = near.argmin(1) if near.shape[1] else np.full(len(label), -1)
    within = near.min(1, initial=np.inf) <= reach
    return np.where((label < 0) & within, best, label)


def nearness(label: Labels, apart: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean difference of each shot to the other shots of each outfit, shape (L, outfits).

    NaN of a shot that is alone in its outfit.
    """
    count = int(label.max(initial=-1)) + 1
    inside = label[:, None] == np.arange(count)  # (L, outfits)
    others = inside.sum(0) - inside  # without the shot itself, whose difference is 0
    return np.divide(apart @ inside, others, out=np.full(others.shape, np.nan), where=others > 0)
