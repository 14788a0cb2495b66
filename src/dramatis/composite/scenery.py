"""Backgrounds: scenes with nobody in them, and others with the people painted over and out of focus."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core.boxes import area, clip
from dramatis.core.images import Image, resize

MOST_PAINTED = 0.5
"""Share of a scene that people may fill for it to become a background."""
GROWN = 0.12
"""By how much of its sides a person's box is painted over beyond itself: hair, arms and shadows stand out."""
WORK_PX = 160
BLUR = 0.02
"""Radius of the blur over the longer side."""


def painted_share(people: NDArray[np.float64], width: int, height: int) -> float:
    """Share of a scene that is painted over, at most: overlaps count twice."""
    return float(area(_grown(people, width, height)).sum()) / (width * height) if len(people) else 0.0


def without_people(scene: Image, people: NDArray[np.float64]) -> Image:
    """A scene as it is if nobody is in it; else with them painted over from around, and out of focus.

    Args:
        scene: RGB.
        people: boxes of everybody in it [px], shape (N, 4).
    """
    if not len(people):
        return scene
    height, width = scene.shape[:2]
    scale = min(1.0, WORK_PX / max(width, height))
    small = resize(scene, max(8, round(width * scale)), max(8, round(height * scale)))
    mask = np.zeros(small.shape[:2], np.uint8)
    for x0, y0, x1, y1 in clip(_grown(people, width, height) * scale, small.shape[1], small.shape[0]):
        mask[y0:y1, x0:x1] = 255
    filled = cv2.inpaint(small, mask, 5, cv2.INPAINT_TELEA)
    filled = cv2.GaussianBlur(filled, (0, 0), BLUR * max(small.shape[:2]))
    return cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC)


def _grown(people: NDArray[np.float64] | Sequence[Sequence[float]], width: int, height: int) -> NDArray[np.float64]:
    people = np.asarray(people, float).reshape(-1, 4)
    sides = people[:, 2:] - people[:, :2]
    more = GROWN * np.concatenate([-sides, sides], axis=1)
    return np.clip(people + more, 0, [width, height, width, height])
