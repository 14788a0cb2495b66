"""Radius of a blur, measured at the edges: what stage `quality` used before it had a net."""

import cv2
import numpy as np
from numpy.typing import NDArray

FINE_PX, COARSE_PX = 1.0, 2.0
"""Radii of the two blurs whose gradients are compared."""
DIFFERENCE = 1 / 3
"""Variance that the difference of a pixel's two neighbours adds, as a box two pixels wide [px²]."""
STRONGEST = 0.1
"""Share of the pixels with the steepest gradient that may be edges; a share, so that contrast does not matter."""
PERCENTILE = 25
"""Of the edges in one direction: the sharper ones, since soft shading has wide edges in the sharpest picture."""
MIN_EDGES = 8
STEPS = ((0, 1), (1, 1), (1, 0), (1, -1))
"""Row and column to the neighbour along the gradient, for each of four directions."""


def blur_radius(luma: NDArray[np.uint8]) -> float | None:
    """Radius (sigma) of the Gaussian blur that the edges of a picture look like [px]; None without edges.

    At an ideal edge under a blur of radius s, the gradients after further blurs a < b have the ratio
    R = sqrt((s² + b²) / (s² + a²)), whatever the height of the edge; solved for s (Zhuo and Sim 2011, eq. 5, there
    with a = 0). Motion blurs the edges across it only, so each of four directions is measured and the worst counts.

    Args:
        luma: shape (H, W), at its own resolution: a radius is in these pixels.
    """
    fine, coarse = _gradient(luma, FINE_PX), _gradient(luma, COARSE_PX)
    steep, steep_coarse = np.hypot(*fine), np.hypot(*coarse)
    direction = np.round(np.mod(np.arctan2(fine[1], fine[0]), np.pi) / (np.pi / 4)).astype(int) % 4
    floor = max(float(np.quantile(steep, 1 - STRONGEST)), 1e-3)
    a2, b2 = FINE_PX**2 + DIFFERENCE, COARSE_PX**2 + DIFFERENCE
    ratio2 = np.clip((steep / np.maximum(steep_coarse, 1e-6)) ** 2, 1 + 1e-4, b2 / a2)
    radii = np.sqrt((b2 - ratio2 * a2) / (ratio2 - 1))
    by_direction = [
        radii[_ridge(steep, step) & (direction == index) & (steep >= floor)] for index, step in enumerate(STEPS)
    ]
    measured = [np.percentile(edges, PERCENTILE) for edges in by_direction if len(edges) >= MIN_EDGES]
    few = np.concatenate(by_direction)
    if not measured and len(few):  # a very small face: all directions together
        measured = [np.percentile(few, PERCENTILE)]
    return float(max(measured)) if measured else None


def _gradient(luma: NDArray[np.uint8], radius: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    smooth = cv2.GaussianBlur(luma.astype(np.float32), (0, 0), radius, borderType=cv2.BORDER_REPLICATE)
    slope = np.array([[-0.5, 0, 0.5]], np.float32)
    border = cv2.BORDER_REPLICATE
    return (
        cv2.filter2D(smooth, cv2.CV_32F, slope, borderType=border),
        cv2.filter2D(smooth, cv2.CV_32F, slope.T, borderType=border),
    )


def _ridge(steep: NDArray[np.float32], step: tuple[int, int]) -> NDArray[np.bool_]:
    """Pixels steeper than both neighbours along a direction; the two outermost pixels of the picture never are."""
    down, right = step
    ridge = (steep >= np.roll(steep, (-down, -right), (0, 1))) & (steep > np.roll(steep, (down, right), (0, 1)))
    ridge[:2], ridge[-2:], ridge[:, :2], ridge[:, -2:] = False, False, False, False
    return ridge
