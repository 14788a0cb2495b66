"""Does a face stand where the control image asks for it?"""

import numpy as np
from numpy.typing import NDArray

WORST = 1.0
"""Error of a preview without a face, and the largest there is [face diagonals]."""


def pose_error(found: NDArray[np.float64] | None, asked: NDArray[np.float64]) -> float:
    """Mean distance of the points from where they were asked for [diagonals of the asked face], at most 1.

    Args:
        found: points of the preview [shares of its width and height], shape (68, 2); None without a face.
        asked: of the control image, likewise.
    """
    if found is None:
        return WORST
    diagonal = float(np.linalg.norm(asked.max(axis=0) - asked.min(axis=0)))
    if diagonal == 0:
        return WORST
    return float(min(np.linalg.norm(found - asked, axis=1).mean() / diagonal, WORST))
