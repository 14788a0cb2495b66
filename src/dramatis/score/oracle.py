"""Does another judge rank the steps alike? Spearman's rank correlation (1904)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def ranks(values: Sequence[float]) -> NDArray[np.float64]:
    """Place of each value from the least (1) on, shape (N,); equal values share the mean of their places."""
    array = np.asarray(values, float)
    below = (array[None] < array[:, None]).sum(axis=1)
    same = (array[None] == array[:, None]).sum(axis=1)
    return below + (same + 1) / 2


def spearman(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Correlation of the ranks [-1..1]; None of fewer than three values, or where one judge calls all equal."""
    x, y = ranks(a), ranks(b)
    if len(x) < 3 or x.std() == 0 or y.std() == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1])
