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
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    light = np.clip(lab[..., 0] / 100 * BINS, 0, BINS - 1e-3).astype(int)
    chroma = np.clip((lab[..., 1:] / CHROMA + 1) / 2 * BINS, 0, BINS - 1e-3).astype(int)
    colour = BINS + chroma[..., 0] * BINS + chroma[..., 1]
    halves = []
    for half in (slice(0, SIDE_PX // 2), slice(SIDE_PX // 2, SIDE_PX)):
        values = np.concatenate([light[half].ravel(), colour[half].ravel()])
        halves.append(np.bincount(values, minlength=BINS + BINS * BINS))
    shares = np.concatenate(halves) / (2 * SIDE_PX * SIDE_PX)
    return np.sqrt(shares).astype(np.float32)


def distance(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """Bhattacharyya distance sqrt(1 - coefficient) of each pair of rows, shape (len(a), len(b)); 0 is equal."""
    return np.sqrt(np.clip(1 - a.astype(float) @ b.astype(float).T, 0, 1))
