"""Alignment: faces turned upright by five landmarks."""

import numpy as np
from numpy.typing import NDArray

TEMPLATE = np.array(
    [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ]
)
"""Where the five landmarks lie in an aligned face of 112 px [px], shape (5, 2)."""


def similarity(points: NDArray[np.floating], target: NDArray[np.floating]) -> NDArray[np.float64]:
    """The rotation, scale and shift that best moves points onto others, without a mirror image (Umeyama 1991).

    Args:
        points: shape (N, 2).
        target: shape (N, 2), where they should lie.

    Returns:
        M of shape (2, 3): `points @ M[:, :2].T + M[:, 2]` has the least squared distance to `target`.

    Raises:
        ValueError: all points are one point.
    """
    p, t = (np.asarray(each, float) @ [1, 1j] for each in (points, target))  # x + iy: a turn is a product
    p_apart, t_apart = p - p.mean(), t - t.mean()
    spread = np.vdot(p_apart, p_apart).real
    if spread == 0:
        raise ValueError("all points are one point")
    turn = np.vdot(p_apart, t_apart) / spread
    shift = t.mean() - turn * p.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
