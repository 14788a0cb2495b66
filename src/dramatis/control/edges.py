"""Control images of kind canny: edges of brightness (Canny 1986)."""

import cv2
import numpy as np

from dramatis.core.images import Image

HIGH = (60, 200)
"""Least and greatest upper threshold that a median gives: in a dark picture what is weaker is noise of its coding, and
outlines of a bright one are no stronger than those of others."""


def thresholds(luma: Image, spread: float) -> tuple[int, int]:
    """Lower and upper threshold from the median brightness, a share `spread` below and above it."""
    median = float(np.median(luma))
    high = int(np.clip(round((1 + spread) * median), *HIGH))
    return round(high * (1 - spread) / (1 + spread)), high


def draw_edges(image: Image, low: int | None, high: int | None, spread: float) -> Image:
    """Edges of an RGB picture, white on black, in three equal channels.

    Args:
        image: shape (H, W, 3).
        low, high: thresholds of `cv2.Canny`; None for those that the median gives.
        spread: see `thresholds`.
    """
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    if low is None or high is None:
        low, high = thresholds(luma, spread)
    return np.repeat(cv2.Canny(luma, low, high)[..., None], 3, axis=2)
