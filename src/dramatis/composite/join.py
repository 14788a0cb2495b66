"""Crops side by side, at equal height."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dramatis.composite.picture import Composed, Row
from dramatis.core.images import Image, resize

GREY = 127
"""Of the gap between crops."""


def join(images: Sequence[Image], faces: Sequence[Row], max_side_px: int, gap: float = 0, seam: float = 0) -> Composed:
    """The crops from left to right, their proportions kept; nothing is enlarged.

    Args:
        images: RGB, of any sizes.
        faces: face box of each [px].
        max_side_px: longest side of the result [px].
        gap: grey between two crops, as a share of their height.
        seam: width over which two crops fade into each other, as a share of their height; it stops short of faces.
    """
    height = min(image.shape[0] for image in images)
    wide = sum(image.shape[1] / image.shape[0] for image in images) + (len(images) - 1) * gap
    height = max(1, min(height, max_side_px, int(max_side_px / wide)))
    scaled = [resize(image, max(1, round(image.shape[1] * height / image.shape[0])), height) for image in images]
    moved = [np.asarray(face, float) * height / image.shape[0] for face, image in zip(faces, images, strict=True)]
    lefts = _lefts([image.shape[1] for image in scaled], moved, round(gap * height), round(seam * height))
    canvas = np.full((height, lefts[-1] + scaled[-1].shape[1], 3), GREY, float)
    end = 0
    for image, left in zip(scaled, lefts, strict=True):
        fade = np.ones(image.shape[1])
        overlap = max(0, end - left)
        fade[:overlap] = (np.arange(overlap) + 0.5) / max(overlap, 1)
        end = left + image.shape[1]
        canvas[:, left:end] += (image - canvas[:, left:end]) * fade[None, :, None]
    boxes = [np.array([left, 0, left + image.shape[1], height]) for image, left in zip(scaled, lefts, strict=True)]
    placed = [face + [left, 0, left, 0] for face, left in zip(moved, lefts, strict=True)]
    return Composed(np.rint(canvas).astype(np.uint8), boxes, placed)


def _lefts(widths: Sequence[int], faces: Sequence[NDArray[np.float64]], gap: int, seam: int) -> list[int]:
    """Where each crop begins; those that fade overlap by the seam, but no face is in it."""
    lefts = [0]
    for n in range(1, len(widths)):
        free = min(widths[n - 1] - faces[n - 1][2], faces[n][0])
        lefts.append(lefts[-1] + widths[n - 1] + gap - max(0, min(seam, int(free))))
    return lefts
