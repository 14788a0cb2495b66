"""How well an embedder tells people apart: error rates over pairs of pictures."""

import numpy as np
from numpy.typing import NDArray


def difference(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """(1 - cosine) / 2 of each pair of rows, shape (len(a), len(b)) [0..1]: 0 is the same direction."""
    a, b = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (a.astype(float), b.astype(float)))
    return np.clip((1 - a @ b.T) / 2, 0, 1)


def auc(same: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Share of (same, other) pairs of differences in the right order, ties counted half [0..1]."""
    ranked = np.sort(other)
    below = np.searchsorted(ranked, same, "left"), np.searchsorted(ranked, same, "right")
    return float(1 - np.mean(below) / len(other))


def equal_error_rate(same: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Error at the threshold where as many pairs of one person are missed as pairs of two are taken for one [0..1]."""
    limits = np.unique(np.concatenate([same, other]))
    missed = 1 - np.searchsorted(np.sort(same), limits, "right") / len(same)
    mixed = np.searchsorted(np.sort(other), limits, "right") / len(other)
    nearest = np.argmin(np.abs(missed - mixed))
    return float((missed[nearest] + mixed[nearest]) / 2)


def best_threshold(same: NDArray[np.float64], other: NDArray[np.float64]) -> tuple[float, float]:
    """The difference up to which two pictures are best taken for one person, and the F1 there.

    The threshold lies half-way between the last pair taken and the next.
    """
    values, truth = np.concatenate([same, other]), np.repeat([1, 0], [len(same), len(other)])
    order = np.argsort(values, kind="stable")
    values, hits = values[order], np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(values) + 1) + len(same))
    f1[:-1][values[:-1] == values[1:]] = 0  # pairs of equal difference are taken together
    best = int(np.argmax(f1))
    after = values[min(best + 1, len(values) - 1)]
    return float((values[best] + after) / 2), float(f1[best])
