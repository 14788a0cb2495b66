"""Control images of kind landmarks: the 68 points of faces, as dots, as lines through them, or both, on black."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.control.place import Points
from dramatis.core.images import Image

WHITE = (255, 255, 255)
SHIFT = 4
"""Binary digits of a pixel that OpenCV keeps."""


class Part(NamedTuple):
    """A line through some of the 68 points.

    Attributes:
        name: jaw, brow, nose, eye or mouth.
        points: which of them, in order.
        closed: whether the last is joined with the first.
        colour: RGB.
    """

    name: str
    points: range
    closed: bool
    colour: tuple[int, int, int]


JAW, BROW, NOSE, EYE, MOUTH = (255, 255, 255), (255, 200, 0), (0, 220, 90), (0, 190, 255), (255, 70, 130)
PARTS = (
    Part("jaw", range(17), False, JAW),
    Part("brow", range(17, 22), False, BROW),
    Part("brow", range(22, 27), False, BROW),
    Part("nose", range(27, 31), False, NOSE),
    Part("nose", range(31, 36), False, NOSE),
    Part("eye", range(36, 42), True, EYE),
    Part("eye", range(42, 48), True, EYE),
    Part("mouth", range(48, 60), True, MOUTH),
    Part("mouth", range(60, 68), True, MOUTH),
)
"""The lines in the order of iBUG 300-W; together they have every point once."""


def draw_landmarks(
    faces: Sequence[Points], width: int, height: int, draw: str, colours: str, line_width: float
) -> Image:
    """Faces on black.

    Args:
        faces: 68 points of each, shape (68, 2) [px of the picture]; later ones cover earlier ones.
        width, height: of the picture [px].
        draw: points, lines or both.
        colours: parts (each its own) or white.
        line_width: over the diagonal of a face; a dot has twice that width across.
    """
    on = np.zeros((height, width, 3), np.uint8)
    for points in faces:
        thick = stroke(points, line_width)
        for part in PARTS:
            colour = WHITE if colours == "white" else part.colour
            here = shifted(points[part.points])
            if draw != "points":
                cv2.polylines(on, [here], part.closed, colour, thick, cv2.LINE_AA, SHIFT)
            if draw != "lines":
                for dot in here.tolist():
                    cv2.circle(on, dot, thick << SHIFT, colour, cv2.FILLED, cv2.LINE_AA, SHIFT)
    return on


def stroke(points: Points, line_width: float) -> int:
    """Width of the lines of what has these points [px]: a share of their diagonal, 1 at least."""
    return max(1, round(line_width * float(np.hypot(*np.ptp(points, axis=0)))))


def shifted(points: Points) -> NDArray[np.int32]:
    """Points as OpenCV takes them: counted from the middle of the first pixel, in parts of one."""
    return np.round((points - 0.5) * (1 << SHIFT)).astype(np.int32)
