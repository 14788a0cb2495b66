"""Blurs of a known radius, and what becomes of a radius when a picture is resized.

The radius of a blur is the standard deviation of its point spread [px]: sigma of a Gaussian, half the radius of a disk,
and along a motion its length over the root of 12. So blurs of all kinds stand on one scale.
"""

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image

Kind = Literal["gaussian", "disk", "motion"]
KINDS: tuple[Kind, ...] = ("gaussian", "disk", "motion")

SHARPEST_PX = 0.43
"""Radius of the sharpest edge that pixels can show: the Gaussian edge nearest to an ideal one that was averaged over
pixels and enlarged again by cubic interpolation."""
_FINE = 8
"""Steps a pixel in which kernels are drawn."""


def kernel(kind: Kind, radius_px: float, angle: float = 0.0) -> NDArray[np.float32]:
    """The point spread of a blur, square, of odd side and of sum 1.

    Args:
        radius_px: standard deviation of the spread, above 0; of a motion along its path.
        angle: direction of a motion [rad], 0 along the rows.
    """
    half = int(np.ceil({"gaussian": 3.5, "disk": 2.0, "motion": np.sqrt(3)}[kind] * radius_px + 0.5))
    side = 2 * half + 1
    steps = (np.arange(side * _FINE) + 0.5) / _FINE - side / 2
    if kind == "motion":
        reach = np.sqrt(3) * radius_px
        path = np.linspace(-reach, reach, max(int(_FINE * 2 * reach), 2) * 2)
        drawn = _splat(path * np.cos(angle) + half, path * np.sin(angle) + half, side)
    elif kind == "disk":
        fine = np.hypot(*np.meshgrid(steps, steps)) <= 2 * radius_px
        drawn = fine.reshape(side, _FINE, side, _FINE).mean((1, 3))
    else:
        line = np.exp(-0.5 * (steps / radius_px) ** 2).reshape(side, _FINE).sum(1)
        drawn = np.outer(line, line)
    if drawn.sum() == 0:  # smaller than the finest step
        drawn[half, half] = 1
    return (drawn / drawn.sum()).astype(np.float32)


def radii(spread: NDArray[np.floating]) -> tuple[float, float]:
    """Standard deviations of a point spread along its long and its short axis [px]."""
    side = (np.array(spread.shape) - 1) / 2
    y, x = np.indices(spread.shape)
    x, y = x - side[1], y - side[0]
    covariance = np.array([[(spread * a * b).sum() for a in (x, y)] for b in (x, y)], np.float64)
    low, high = np.sqrt(np.clip(np.linalg.eigvalsh(covariance), 0, None))
    return float(high), float(low)


def blurred(image: Image, spread: NDArray[np.float32]) -> Image:
    """A picture under a point spread; beyond its edge it goes on as its mirror."""
    return cv2.filter2D(image, -1, spread, borderType=cv2.BORDER_REFLECT)


def joined(*radii_px: float) -> float:
    """Radius of several blurs one after the other: variances add up."""
    return float(np.sqrt(np.sum(np.square(radii_px))))


def resized(radius_px: float, ratio: float) -> float:
    """Radius in the pixels of a picture `ratio` times as large; a reduced one cannot be sharper than its pixels."""
    lost = max(1 - ratio**2, 0.0) * SHARPEST_PX**2
    return float(np.sqrt((ratio * radius_px) ** 2 + lost))


def _splat(x: NDArray[np.float64], y: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Points shared out to the four pixels about each."""
    drawn = np.zeros((side + 1, side + 1))
    column, row = np.floor(x).astype(int), np.floor(y).astype(int)
    right, down = x - column, y - row
    for step_x, share_x in ((0, 1 - right), (1, right)):
        for step_y, share_y in ((0, 1 - down), (1, down)):
            np.add.at(drawn, (row + step_y, column + step_x), share_x * share_y)
    return drawn[:side, :side]
