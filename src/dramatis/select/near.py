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


def repeats(training: Looks, held: Looks, distance: int, same_distance: int, difference: float) -> NDArray[np.bool_]:
    """For each training picture, True if it nearly repeats a held-out one.

    It does if their hashes differ in at most `distance` bits, whoever they show; or in at most `same_distance` bits
    where both show the same character and its identity vectors differ by at most `difference`. That vectors are near
    is not enough: it is what one person looks like in any two pictures.

    Args:
        distance, same_distance: bits [0..64].
        difference: largest (1 - cosine) / 2.

    Returns:
        Shape (number of training pictures,).
    """
    found = np.zeros(len(training.hashes), bool)
    if not len(held.hashes):
        return found
    names, others = np.array(training.names), np.array(held.names)
    for low in range(0, len(found), BLOCK):
        part = slice(low, low + BLOCK)
        bits = distances(training.hashes[part], held.hashes)  # (B, M)
        found[part] = bits.min(axis=1) <= distance
        one, other = np.nonzero(bits <= same_distance)
        same = (names[part][one] == others[other]) & (others[other] != "")
        one, other = one[same], other[same]
        cosine = np.einsum("nd,nd->n", training.vectors[part][one], held.vectors[other])
        found[low + one[(1 - cosine) / 2 <= difference]] = True
    return found
