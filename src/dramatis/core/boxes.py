"""Boxes: arrays of half-open pixels `x0 y0 x1 y1`, shape (N, 4)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.floating] | NDArray[np.integer]
Sides = Boxes | Sequence[float]
"""One box, or its four numbers."""
HEAD_OF_FACE = 1.7
"""Side of the head with hair over the longer side of the face."""


def area(boxes: Boxes) -> NDArray[np.float64]:
    """Areas [px²], shape (N,); an empty or inverted box has none."""
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    return np.clip(boxes[:, 2] - boxes[:, 0], 0, None) * np.clip(boxes[:, 3] - boxes[:, 1], 0, None)


def intersection(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """Areas [px²] shared by each pair, shape (len(a), len(b))."""
    a, b = np.asarray(a, float).reshape(-1, 1, 4), np.asarray(b, float).reshape(1, -1, 4)
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])  # (A, B, 2)
    return np.prod(np.clip(sides, 0, None), axis=-1)


def iou(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """Intersection over union of each pair [0..1], shape (len(a), len(b))."""
    shared = intersection(a, b)
    union = area(a)[:, None] + area(b)[None] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def cover(a: Boxes, b: Boxes) -> NDArray[np.float64]:
    """Share of each box of `a` that lies inside each box of `b` [0..1], shape (len(a), len(b))."""
    shared, own = intersection(a, b), area(a)[:, None]
    return np.divide(shared, own, out=np.zeros_like(shared), where=own > 0)


def expand(box: Sides, factor: float) -> NDArray[np.float64]:
    """The square about the centre of one box whose side is `factor` times its longer side."""
    x0, y0, x1, y1 = np.asarray(box, float)
    half, cx, cy = factor * max(x1 - x0, y1 - y0) / 2, (x0 + x1) / 2, (y0 + y1) / 2
    return np.array([cx - half, cy - half, cx + half, cy + half])


def clip(boxes: Sides, width: int, height: int) -> NDArray[np.int32]:
    """Boxes rounded outwards to whole pixels inside a picture, same shape."""
    boxes = np.asarray(boxes, float)
    low, high = np.floor(boxes[..., :2]), np.ceil(boxes[..., 2:])
    sides = np.array([width, height])
    return np.concatenate([np.clip(low, 0, sides), np.clip(high, 0, sides)], -1).astype(np.int32)
