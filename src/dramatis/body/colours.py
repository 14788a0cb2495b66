"""Colours as quantiles: of each channel by itself, so that light which is dimmed or tinted scales them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image

FACE_SIDE, FACE_TOP, FACE_BOTTOM = 0.1, 0.1, 0.95
"""What is left out of a face's box at the sides, and where it begins and ends [shares]: corners show other things."""
DIGITS = 2


def quantiles(pixels: NDArray[np.uint8], levels: Sequence[float]) -> NDArray[np.float64]:
    """Quantiles of each channel, shape (levels, 3) [0..255].

    Args:
        pixels: RGB, shape (P, 3), at least one.
        levels: ascending [0..1].
    """
    return np.round(np.quantile(pixels.astype(np.float64), levels, axis=0), DIGITS)


def face_pixels(image: Image, face: Sequence[float]) -> NDArray[np.uint8]:
    """Pixels of the middle of a face, shape (P, 3), at least one.

    Args:
        image: the frame, RGB.
        face: its box, `x0 y0 x1 y1` inside the frame [px].
    """
    x0, y0, x1, y1 = face
    width, height = x1 - x0, y1 - y0
    top, left = int(y0 + FACE_TOP * height), int(x0 + FACE_SIDE * width)
    bottom, right = int(np.ceil(y0 + FACE_BOTTOM * height)), int(np.ceil(x1 - FACE_SIDE * width))
    return image[top : max(bottom, top + 1), left : max(right, left + 1)].reshape(-1, 3)
