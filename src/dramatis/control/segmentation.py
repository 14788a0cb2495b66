"""Which pixels belong to which part of a face, as its 68 points say; what they do not reach is not known.

The numbers are those of Microsoft's FaceSynthetics (Wood et al. 2021), so that both can be learned from together. Hair,
hands and glasses over a face are not seen: the points know only where its parts would be.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.control.landmarks import SHIFT, shifted, stroke
from dramatis.control.place import Points

SKIN, NOSE, RIGHT_EYE, LEFT_EYE, RIGHT_BROW, LEFT_BROW, INNER_MOUTH, UPPER_LIP, LOWER_LIP = 1, 2, 3, 4, 5, 6, 9, 10, 11
UNKNOWN = 255
"""Right and left are the person's, as in FaceSynthetics."""

BROWS = {RIGHT_BROW: slice(17, 22), LEFT_BROW: slice(22, 27)}
AREAS = {
    NOSE: [27, *range(31, 36)],
    RIGHT_EYE: [*range(36, 42)],
    LEFT_EYE: [*range(42, 48)],
    UPPER_LIP: [*range(48, 55), *range(64, 59, -1)],
    LOWER_LIP: [*range(54, 60), 48, 60, *range(67, 63, -1)],
    INNER_MOUTH: [*range(60, 68)],
}
"""Points about each area, once round."""
BROW_WIDTH = 0.04
"""Width of a brow over the diagonal of the face: the points run along its middle or edge and do not tell."""


def segment(faces: Sequence[Points], width: int, height: int) -> NDArray[np.uint8]:
    """The part of each pixel, shape (H, W).

    Args:
        faces: 68 points of each, shape (68, 2) [px of the picture]; later ones cover earlier ones.
        width, height: of the picture [px].
    """
    mask = np.full((height, width), UNKNOWN, np.uint8)
    for points in faces:
        cv2.fillPoly(mask, [cv2.convexHull(shifted(points))], SKIN, cv2.LINE_8, SHIFT)
        for part, brow in BROWS.items():
            cv2.polylines(mask, [shifted(points[brow])], False, part, stroke(points, BROW_WIDTH), cv2.LINE_8, SHIFT)
        for part, about in AREAS.items():
            cv2.fillPoly(mask, [shifted(points[about])], part, cv2.LINE_8, SHIFT)
    return mask


def encode_mask(mask: NDArray[np.uint8]) -> bytes:
    """PNG bytes of one channel."""
    return cv2.imencode(".png", mask)[1].tobytes()
