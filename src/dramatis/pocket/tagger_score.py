"""How well tags are read: F1 of every tag."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def f1_by_tag(found: NDArray[np.bool_], true: NDArray[np.bool_], tags: Sequence[str]) -> dict[str, float | None]:
    """F1 of each tag; null for a tag that no picture has.

    Args:
        found: tags read, shape (N, T).
        true: tags drawn, shape (N, T).
    """
    both, either = (found & true).sum(0), found.sum(0) + true.sum(0)
    return {tag: float(2 * both[i] / either[i]) if true[:, i].any() else None for i, tag in enumerate(tags)}


def mean(values: Sequence[float | None]) -> float:
    """Mean of the values that are there."""
    return float(np.mean([value for value in values if value is not None]))
