"""What the box of a face says about it: how much is cut off or hidden."""

import numpy as np
from numpy.typing import NDArray

from dramatis.core.boxes import HEAD_OF_FACE, area, expand, intersection

FACE_ASPECT = 0.8
"""Width over height of a whole face box."""


def truncation(face: NDArray[np.floating], width: int, height: int) -> float:
    """Share of the head that the frame's edge cuts off, estimated [0..1].

    A face box that touches one edge is first made whole by the proportions of a face; the head is a square about it.

    Args:
        face: x0 y0 x1 y1, cut to the frame [px], shape (4,).
        width: of the frame [px].
        height: of the frame [px].
    """
    x0, y0, x1, y1 = (float(value) for value in face)
    whole_width, whole_height = max(x1 - x0, (y1 - y0) * FACE_ASPECT), max(y1 - y0, (x1 - x0) / FACE_ASPECT)
    if (x0 <= 0) != (x1 >= width):
        x0, x1 = (x1 - whole_width, x1) if x0 <= 0 else (x0, x0 + whole_width)
    if (y0 <= 0) != (y1 >= height):
        y0, y1 = (y1 - whole_height, y1) if y0 <= 0 else (y0, y0 + whole_height)
    head = expand(np.array([x0, y0, x1, y1]), HEAD_OF_FACE)
    shown = intersection(head[None], np.array([[0, 0, width, height]]))[0, 0]
    return float(1 - shown / area(head[None])[0])


def occlusion(face: NDArray[np.integer], others: NDArray[np.integer]) -> float:
    """Share of a face box under the union of other boxes [0..1].

    Args:
        face: half-open box [px], shape (4,).
        others: faces and heads of other figures of the frame, shape (N, 4).
    """
    x0, y0, x1, y1 = (int(value) for value in face)
    hidden = np.zeros((y1 - y0, x1 - x0), bool)
    for left, top, right, bottom in np.asarray(others, int).reshape(-1, 4):
        hidden[max(top - y0, 0) : max(bottom - y0, 0), max(left - x0, 0) : max(right - x0, 0)] = True
    return float(hidden.mean()) if hidden.size else 0.0
