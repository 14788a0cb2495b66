"""Appearance: what colours a head has, as a vector that is cheap to compare."""

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core.boxes import clip
from dramatis.core.images import Image

SIDE_PX = 32
BINS = 8
CHROMA = 40.0
"""Range of a* and b* about grey that the bins cover; stronger colours fall into the outermost."""
_LIGHT = np.arange(256) * BINS // 256
"""Bin of each lightness as OpenCV stores it in a byte, 0..255."""
_CHROMA = np.clip(np.floor(((np.arange(256) - 128) / CHROMA + 1) / 2 * BINS), 0, BINS - 1).astype(int)
"""Bin of each a* or b* as OpenCV stores it in a byte, 128 for grey."""


def appearance(image: Image, head: NDArray[np.floating]) -> NDArray[np.float32]:
    """Roots of the colour shares of the upper and lower half of a head, shape (2 * (8 + 64),), length 1.

    Of each half: 8 bins of lightness and 8 x 8 of CIELAB chroma. The product of two vectors is their Bhattacharyya
    coefficient. A head outside the picture has the vector of its nearest pixel.
    """
    height, width = image.shape[:2]
    x0, y0, x1, y1 = clip(head, width, height)
    x0, y0 = min(x0, width - 1), min(y0, height - 1)
    crop = image[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    small = cv2.resize(crop, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA)
    light, a, b = cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2LAB))
    rows = np.arange(SIDE_PX)[:, None] * 2 // SIDE_PX * BINS * (1 + BINS)  # each half has bins of its own
    counts = np.bincount((rows + _LIGHT[light]).ravel(), minlength=2 * BINS * (1 + BINS))
    counts += np.bincount((rows + BINS + _CHROMA[a] * BINS + _CHROMA[b]).ravel(), minlength=len(counts))
    return np.sqrt(counts / (2 * SIDE_PX * SIDE_PX)).astype(np.float32)


def distance(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """Bhattacharyya distance sqrt(1 - coefficient) of each pair of rows, shape (len(a), len(b)); 0 is equal."""
    return np.sqrt(np.clip(1 - a.astype(float) @ b.astype(float).T, 0, 1))
