"""The bootstrap: every mean over previews with the interval in which it may lie.

Of the previews of one group as many are drawn, with repeats, many times over. The same draws serve every step, the
base and every measure, so that two of them are compared on the same prompts and seeds (a paired bootstrap; Efron and
Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 13 and 16).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.core import seeds

Values = NDArray[np.float64]
"""A value of each preview of a group, shape (P,); NaN where there is none, such as control without a known tag."""


class Estimate(NamedTuple):
    """A number, and what it was in each resample."""

    value: float
    resamples: NDArray[np.float64]
    """Shape (times,)."""

    def interval(self, confidence: float) -> tuple[float, float]:
        """The middle of the resamples that holds the share `confidence` of them: low and high."""
        low, high = np.quantile(self.resamples, [(1 - confidence) / 2, (1 + confidence) / 2])
        return float(low), float(high)

    def mapped(self, function: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> "Estimate":
        """A function of the number, which takes arrays."""
        return Estimate(float(function(np.array([self.value]))[0]), function(self.resamples))

    def minus(self, other: "Estimate") -> "Estimate":
        """The difference of two numbers on the same previews."""
        return Estimate(self.value - other.value, self.resamples - other.resamples)


def draws(count: int, times: int, seed: int, group: str) -> NDArray[np.int64]:
    """Indices of the previews of a group drawn with repeats, shape (times, count)."""
    return seeds.rng(seed, "bootstrap", group).integers(count, size=(times, count))


def mean(values: Values, drawn: NDArray[np.int64]) -> Estimate | None:
    """The mean of the values that there are; None if there is none.

    A resample that happens to hold none of them takes the mean itself.
    """
    there = ~np.isnan(values)
    if not there.any():
        return None
    filled = np.where(there, values, 0.0)
    value = float(filled.sum() / there.sum())
    counts = there[drawn].sum(axis=1)
    means = filled[drawn].sum(axis=1) / np.maximum(counts, 1)
    return Estimate(value, np.where(counts > 0, means, value))


def least(estimates: Sequence[Estimate | None]) -> Estimate | None:
    """The least of several, in each resample too; None if there is none."""
    return _extreme(estimates, np.min)


def most(estimates: Sequence[Estimate | None]) -> Estimate | None:
    """The highest of several likewise."""
    return _extreme(estimates, np.max)


def middle(estimates: Sequence[Estimate | None]) -> Estimate | None:
    """The mean of several likewise."""
    return _extreme(estimates, np.mean)


def _extreme(estimates: Sequence[Estimate | None], of: Callable[..., NDArray[np.float64]]) -> Estimate | None:
    known = [one for one in estimates if one is not None]
    if not known:
        return None
    return Estimate(float(of([one.value for one in known])), of([one.resamples for one in known], axis=0))
