"""Light of pictures, and how far two pictures of the same prompt and seed are apart."""

import cv2
import numpy as np

from dramatis.core.images import Image, resize


def luma(image: Image) -> float:
    """Mean brightness of an RGB picture [0..1]: BT.601 luma of its sRGB values."""
    return float(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).mean() / 255)


def rmse(a: Image, b: Image) -> float:
    """Root mean square difference of two RGB pictures [levels, 0..255]; the second is resized if it must be."""
    if a.shape != b.shape:
        b = resize(b, a.shape[1], a.shape[0])
    return float(np.sqrt(np.mean((a.astype(np.float64) - b.astype(np.float64)) ** 2)))
