"""A brush paints filled shapes, given in its own coordinates, on a supersampled canvas."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from dramatis.core.images import Image

Points = NDArray[np.float64]
"""Corners of a shape, shape (N, 2), x to the right and y down."""
Colour = Sequence[int]

SUPERSAMPLING = 2
_CIRCLE = np.stack([np.cos(t := np.linspace(0, 2 * np.pi, 24, endpoint=False)), np.sin(t)], -1)
_SHIFT = 4  # binary digits of a pixel that OpenCV keeps


class Brush:
    """Paints on a canvas through an affine map from its own coordinates to canvas pixels."""

    def __init__(self, canvas: Image, matrix: NDArray[np.float64]):
        self.canvas, self.matrix = canvas, matrix

    def moved(self, x: float = 0, y: float = 0, scale: float = 1, degrees: float = 0) -> "Brush":
        """A brush whose origin lies at (x, y) of this one, scaled, and turned clockwise."""
        c, s = np.cos(np.radians(degrees)) * scale, np.sin(np.radians(degrees)) * scale
        inner = np.array([[c, -s, x], [s, c, y], [0, 0, 1]])
        return Brush(self.canvas, self.matrix @ inner)

    def place(self, points: Points) -> Points:
        """Canvas pixels of points, shape (N, 2)."""
        return points @ self.matrix[:2, :2].T + self.matrix[:2, 2]

    def fill(self, points: ArrayLike, colour: Colour) -> None:
        """Paints a polygon."""
        corners = np.round(self.place(np.asarray(points, float)) * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(self.canvas, [corners], tuple(map(int, colour)), cv2.LINE_AA, _SHIFT)

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """Paints an ellipse about (x, y)."""
        self.fill(ellipse(x, y, rx, ry), colour)

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float, colour: Colour) -> None:
        """Paints a straight stroke of some width."""
        along = np.array([x1 - x0, y1 - y0])
        side = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9) * width / 2
        a, b = np.array([x0, y0]), np.array([x1, y1])
        self.fill(np.array([a + side, b + side, b - side, a - side]), colour)


def ellipse(x: float, y: float, rx: float, ry: float) -> Points:
    """Corners of an ellipse, shape (24, 2)."""
    return _CIRCLE * (rx, ry) + (x, y)


def canvas(width_px: int, height_px: int) -> Image:
    """An empty supersampled canvas for a picture of this size."""
    return np.zeros((height_px * SUPERSAMPLING, width_px * SUPERSAMPLING, 3), np.uint8)


def pixel_brush(on: Image) -> Brush:
    """A brush whose coordinates are the pixels of the final picture."""
    return Brush(on, np.diag([SUPERSAMPLING, SUPERSAMPLING, 1.0]))


def develop(on: Image) -> Image:
    """The picture of a supersampled canvas."""
    height, width = on.shape[:2]
    return cv2.resize(on, (width // SUPERSAMPLING, height // SUPERSAMPLING), interpolation=cv2.INTER_AREA)
