"""RecScore and its companions: arithmetic on vectors, no models and no files.

RecScore is the share of (preview, reference) pairs that show the same character, as cyberharem and waifuc have it, but
against held-out pictures, divided by what such pictures reach among themselves, and between 0 and 1: so it can be
compared between runs. A preview without a face matches nothing.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Embeddings, shape (N, D), rows of length 1."""


def difference(a: Vectors, b: Vectors) -> NDArray[np.float64]:
    """(1 - cosine) / 2 of each pair [0..1], shape (len(a), len(b)).

    Raises:
        ValueError: the widths differ.
    """
    if a.shape[1] != b.shape[1]:
        raise ValueError(f"embeddings of {a.shape[1]} and of {b.shape[1]} numbers do not pair")
    return np.clip((1 - a.astype(np.float64) @ b.astype(np.float64).T) / 2, 0, 1)


def match_shares(previews: Vectors, references: Vectors, threshold: float) -> NDArray[np.float64]:
    """For each preview the share of references that show the same character [0..1], shape (P,).

    Args:
        previews: shape (P, D).
        references: held-out pictures of the character, shape (R, D), R at least 1.
        threshold: largest difference that counts as the same character [0..1].
    """
    return (difference(previews, references) <= threshold).mean(axis=1)


def upper_bound(references: Vectors, threshold: float) -> float:
    """Share of pairs among the references themselves, each left out against the others [0..1].

    What a perfect model would reach: real pictures of one character do not all match each other either.

    Raises:
        ValueError: there are fewer than two references.
    """
    count = len(references)
    if count < 2:
        raise ValueError(f"{count} references have no pair")
    same = difference(references, references) <= threshold
    np.fill_diagonal(same, False)
    return float(same.sum() / (count * (count - 1)))


def recscore(shares: NDArray[np.float64], bound: float) -> NDArray[np.float64]:
    """Mean shares against the upper bound, cut at 1 [0..1]. `bound` is above 0."""
    return np.minimum(shares / bound, 1.0)


def nearest(previews: Vectors, cast: Mapping[str, Vectors]) -> list[str]:
    """For each preview the character whose mean reference is nearest; of equals the first name in the alphabet.

    Args:
        previews: shape (P, D).
        cast: references of every character of the dataset, at least one each.
    """
    names = sorted(cast)
    means = np.stack([cast[name].mean(axis=0) for name in names])
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return [names[index] for index in difference(previews, means).argmin(axis=1)]


def nearer_than_strangers(
    previews: Vectors, references: Vectors, strangers: Vectors, threshold: float
) -> NDArray[np.bool_]:
    """Whether each preview is nearer to the character than to every stranger, shape (P,).

    Nearer: its mean difference from the references is below its difference from each stranger. Strangers who match
    the references themselves are left out: they may be the character under no name.

    Args:
        previews: shape (P, D).
        references: pictures of the character, shape (R, D), R at least 1.
        strangers: one picture of each of S other people, shape (S, D).
        threshold: largest difference that counts as the same character [0..1].
    """
    own = difference(previews, references).mean(axis=1)
    others = strangers[match_shares(strangers, references, threshold) < 0.5]
    if not len(others):
        return np.ones(len(previews), bool)
    return own < difference(previews, others).min(axis=1)
