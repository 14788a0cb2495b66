"""Drawn people whose outline is known, on backgrounds of stripes."""

import cv2
import numpy as np

from dramatis.composite.matte import Boxes

FACE, HEAD, PERSON = (80, 50, 120, 100), (72, 30, 128, 104), (55, 30, 145, 260)


def person(below=260, height=300):
    """A figure (RGB), its outline (bool) and its boxes; it ends at `below` [px], or is cut off by the picture."""
    mask = np.zeros((height, 200), np.uint8)
    cv2.ellipse(mask, (100, 70), (28, 38), 0, 0, 360, 1, -1)
    cv2.rectangle(mask, (90, 95), (110, 120), 1, -1)
    cv2.rectangle(mask, (58, 115), (142, min(below, height) - 1), 1, -1)
    rows, columns = np.mgrid[:height, :200]
    image = np.stack([90 + 60 * (columns // 12 % 2), 120 + 0 * rows, 200 - 30 * (rows // 9 % 2)], -1).astype(np.uint8)
    image[mask == 1] = (150, 40, 40)
    cv2.ellipse(image, (100, 75), (20, 25), 0, 0, 360, (235, 190, 160), -1)
    boxes = Boxes(np.array(FACE, float), np.array(HEAD, float), np.array([*PERSON[:3], min(below, height)], float))
    return image, mask.astype(bool), boxes
