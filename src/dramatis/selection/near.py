"""Training pictures that nearly repeat a held-out one."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.core.phash import distances

BLOCK = 2048
"""Pictures compared at once with all held-out ones, so that no matrix of all pairs stands in memory."""


class Looks(NamedTuple):
    """What is compared of pictures.

    Attributes:
        hashes: perceptual hashes, shape (N,), uint64.
        vectors: identity vectors of length 1, shape (N, D); a row of zeros for a picture of nobody in particular.
        names: key of the character, "" for none, length N.
    """

    hashes: NDArray[np.uint64]
    vectors: NDArray[np.float32]
    names: Sequence[str]


class Limits(NamedTuple):
    """What is near.

    Two pictures are near if their hashes differ in at most `distance` bits, whoever they show; or in at most
    `same_distance` bits where both show the same character and its identity vectors differ by at most `difference`.
    That vectors are near is not enough: it is what one person looks like in any two pictures.

    Attributes:
        distance, same_distance: bits [0..64].
        difference: largest (1 - cosine) / 2.
    """

    distance: int
    same_distance: int
    difference: float


def repeats(training: Looks, held: Looks, limits: Limits) -> NDArray[np.bool_]:
    """For each training picture, True if it is near to a held-out one; shape (number of training pictures,)."""
    found = np.zeros(len(training.hashes), bool)
    names, others = np.array(training.names), np.array(held.names)
    for low in range(0, len(found) if len(held.hashes) else 0, BLOCK):
        part = slice(low, low + BLOCK)
        bits = distances(training.hashes[part], held.hashes)  # (B, M)
        found[part] = bits.min(axis=1) <= limits.distance
        one, other = np.nonzero(bits <= limits.same_distance)
        same = (names[part][one] == others[other]) & (others[other] != "")
        one, other = one[same], other[same]
        found[low + one[_alike(training.vectors[part][one], held.vectors[other], limits)]] = True
    return found


def echoes(looks: Looks, units: NDArray[np.int64], limits: Limits) -> NDArray[np.int64]:
    """For each unit, how many pictures of other units are near to one of its own of the same character.

    So many training pictures would be lost if it were held out.

    Args:
        units: number of the unit of each picture, from 0, shape (N,).

    Returns:
        Shape (number of units,).
    """
    counts = np.zeros(units.max(initial=-1) + 1, np.int64)
    names = np.array(looks.names)
    for name in np.unique(names):
        own = np.flatnonzero(names == name)
        for low in range(0, len(own), BLOCK):
            part = own[low : low + BLOCK]
            bits = distances(looks.hashes[part], looks.hashes[own])
            one, other = np.nonzero(bits <= max(limits.distance, limits.same_distance))
            apart = units[part[one]] != units[own[other]]
            one, other = one[apart], other[apart]
            near = bits[one, other] <= limits.distance
            alike = _alike(looks.vectors[part[one]], looks.vectors[own[other]], limits)
            near |= (bits[one, other] <= limits.same_distance) & alike
            pairs = np.unique(np.column_stack([one, units[own[other]]])[near], axis=0)
            np.add.at(counts, pairs[:, 1], 1)
    return counts


def _alike(a: NDArray[np.float32], b: NDArray[np.float32], limits: Limits) -> NDArray[np.bool_]:
    """Whether the identity vectors of each pair are nearly equal."""
    return (1 - np.einsum("nd,nd->n", a, b)) / 2 <= limits.difference
