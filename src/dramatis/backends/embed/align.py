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
    mean_p, mean_t = points.mean(axis=0), target.mean(axis=0)
    centred = points - mean_p
    spread = (centred**2).sum() / len(points)
    if spread == 0:
        raise ValueError("all points are one point")
    u, stretch, vt = np.linalg.svd((target - mean_t).T @ centred / len(points))  # covariance, (2, 2)
    sign = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    rotation = u @ np.diag(sign) @ vt
    scale = (stretch * sign).sum() / spread
    return np.column_stack([scale * rotation, mean_t - scale * rotation @ mean_p])
