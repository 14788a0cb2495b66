"""Where things of the frame lie in a crop, and which faces can be drawn there."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dramatis.control.params import ControlParams

Points = NDArray[np.float64]
"""x, y [px], shape (N, 2); the middle of the pixel in column 0, row 0 is (0.5, 0.5)."""


def in_crop(points: ArrayLike, box: NDArray[np.int64], width: int, height: int) -> Points:
    """Points of the frame as points of a crop.

    Args:
        points: shape (N, 2) [px of the frame].
        box: x0 y0 x1 y1 of the crop in the frame.
        width, height: of the crop [px]; smaller than the box where the crop was scaled down.
    """
    box = np.asarray(box, float)
    return (np.asarray(points, float) - box[:2]) * [width, height] / (box[2:] - box[:2])


def inside(points: Points, width: int, height: int) -> NDArray[np.bool_]:
    """Which points lie in a picture, shape (N,)."""
    return np.all((points >= 0) & (points < [width, height]), axis=1)


def why_unreliable(
    found: Mapping[str, Any] | None, points: Points | None, size: tuple[int, int], params: ControlParams
) -> str | None:
    """The first rule that the landmarks of a face fail; None if they can be drawn.

    Args:
        found: its row of stage `landmark`; None without one.
        points: those landmarks in the crop, shape (68, 2); None without any.
        size: width and height of the crop [px].
    """
    if found is None or points is None:
        return "no_landmarks"
    if np.mean(found["confidence"]) < params.min_confidence:
        return "min_confidence"
    if found["residual"] is None or found["residual"] > params.max_residual:
        return "max_residual"
    return "min_inside" if inside(points, *size).mean() < params.min_inside else None
