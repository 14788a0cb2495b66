"""Leaks of composites: a picture asked for one person that shows two, or the seam of a picture joined of two."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core.boxes import cover
from dramatis.core.images import Image

MARGIN = 0.15
"""Share of the width at either side where no seam is looked for: frames of windows and of pictures lie there."""


def people(boxes: NDArray[np.float64], least: float) -> int:
    """How many people there are: boxes of one kind that do not lie inside each other.

    Args:
        boxes: x0 y0 x1 y1, shape (N, 4).
        least: a box whose shorter side is below this share of the largest one's is somebody far behind [0..1].
    """
    if not len(boxes):
        return 0
    sides = np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    order = np.argsort(-sides, kind="stable")
    kept: list[int] = []
    for index in order:
        inside = kept and cover(boxes[index][None], boxes[kept]).max() > 0.5
        if not inside and sides[index] >= least * sides[order[0]]:
            kept.append(int(index))
    return len(kept)


def seam(image: Image) -> float:
    """How much of the height one straight upright edge runs through, and nothing beside it [0..1].

    A row counts where the colour changes at a column by more than at the columns around it, and by enough to be seen.
    Pictures joined side by side have such an edge from top to bottom; drawn things seldom are as straight and as long.

    Args:
        image: RGB, shape (H, W, 3).
    """
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    width = lab.shape[1]
    if width < 8:
        return 0.0
    step = np.linalg.norm(lab[:, 2:] - lab[:, :-2], axis=2)  # (H, W - 2), over two pixels: decoders blur edges
    first = max(round(width * MARGIN), 2)
    middle = slice(first, width - 2 - first)
    sharp = step >= SEEN
    for shift in (-3, 3):
        sharp &= step > 1.5 * np.roll(step, shift, axis=1)
    return float(sharp[:, middle].mean(axis=0).max(initial=0.0))


SEEN = 6.0
"""Smallest difference of colours across a seam [CIE Lab units]; 2.3 is what an eye just tells apart."""


def leaks(boxes: Sequence[NDArray[np.float64]], image: Image, least: float, seam_share: float) -> bool:
    """Whether a picture of one person shows two figures or a seam.

    Args:
        boxes: of each kind (faces, heads) what was found in it, each of shape (N, 4).
        image: the picture.
        least: as in `people`.
        seam_share: share of the height from which an edge is a seam [0..1].
    """
    return any(people(some, least) > 1 for some in boxes) or seam(image) >= seam_share
