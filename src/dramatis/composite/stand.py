"""Figures that were cut out, side by side before another background."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.composite.picture import Composed, Figure
from dramatis.core.images import Image, resize

# All in heights of a face.
MARGIN, HEADROOM, BETWEEN = (0.2, 0.7), (0.3, 0.8), (0.0, 0.35)
UNEVEN = 0.2
"""How much higher or lower somebody may stand."""
FLOOR = 0.25
"""Ground below feet."""


def stand(figures: Sequence[Figure], background: Image, max_side_px: int, dice: np.random.Generator) -> Composed:
    """The figures from left to right, their faces equally high, before a part of the background.

    Those on their feet stand on one line; those that are cut off below are so by the lower edge of the picture.

    Args:
        figures: all on their feet, or none.
        background: RGB of any size; it is enlarged if it is too small.
        max_side_px: longest side of the result [px].
        dice: what decides distances, margins and the part of the background.
    """
    face_px = min(figure.face[3] - figure.face[1] for figure in figures)
    scaled = [_scaled(figure, face_px / (figure.face[3] - figure.face[1])) for figure in figures]
    lefts, tops, width, height = _placed(scaled, face_px, dice)
    shrink = min(1.0, max_side_px / max(width, height))
    if shrink < 1:
        scaled = [_scaled(figure, shrink) for figure in scaled]
        lefts, tops = lefts * shrink, tops * shrink
        width, height = (max(1, int(side * shrink)) for side in (width, height))
    canvas = _part_of(background, int(width), int(height), dice).astype(float)
    boxes, faces = [], []
    for figure, left, top in zip(scaled, np.rint(lefts).astype(int), np.rint(tops).astype(int), strict=True):
        _paste(canvas, figure, left, top)
        boxes.append(_clipped(_extent(figure) + [left, top, left, top], canvas))
        faces.append(_clipped(figure.face + [left, top, left, top], canvas))
    return Composed(np.rint(canvas).astype(np.uint8), boxes, faces)


def _scaled(figure: Figure, scale: float) -> Figure:
    if scale >= 1:
        return figure
    height, width = figure.alpha.shape
    size = max(1, round(width * scale)), max(1, round(height * scale))
    alpha = cv2.resize(figure.alpha, size, interpolation=cv2.INTER_AREA)
    return Figure(resize(figure.colour, *size), alpha, figure.face * scale, figure.whole)


def _extent(figure: Figure) -> NDArray[np.float64]:
    """The box of what can be seen of a figure in its own picture [px]."""
    rows, columns = (np.flatnonzero((figure.alpha > 0.5).any(axis=axis)) for axis in (1, 0))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], float)


def _placed(
    figures: Sequence[Figure], face_px: float, dice: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], float, float]:
    """Where the pictures of the figures begin (x and y), and width and height of the whole [px]."""
    extents = np.stack([_extent(figure) for figure in figures])
    whole = all(figure.whole for figure in figures)
    lines = extents[:, 3] if whole else np.array([figure.face[3] for figure in figures])
    tops = dice.uniform(-UNEVEN, UNEVEN, len(figures)) * face_px * (0.5 if whole else 1) - lines
    lowest = (extents[:, 3] + tops).max() + FLOOR * face_px if whole else (extents[:, 3] + tops).min()
    highest = (extents[:, 1] + tops).min() - dice.uniform(*HEADROOM) * face_px
    cursor, lefts = dice.uniform(*MARGIN) * face_px, []
    for extent in extents:
        lefts.append(cursor - extent[0])
        cursor += extent[2] - extent[0] + dice.uniform(*BETWEEN) * face_px
    width = lefts[-1] + extents[-1][2] + dice.uniform(*MARGIN) * face_px
    return np.array(lefts), tops - highest, width, np.floor(lowest - highest)


def _part_of(background: Image, width: int, height: int, dice: np.random.Generator) -> Image:
    """A part of the background of this size, as much of it as fits."""
    scale = max(width / background.shape[1], height / background.shape[0])
    size = max(width, round(background.shape[1] * scale)), max(height, round(background.shape[0] * scale))
    large = resize(background, *size)
    left, top = (int(dice.integers(0, spare + 1)) for spare in (size[0] - width, size[1] - height))
    return large[top : top + height, left : left + width]


def _paste(canvas: NDArray[np.float64], figure: Figure, left: int, top: int) -> None:
    """Lays a figure on the canvas, which it changes; what lies outside is left out."""
    height, width = figure.alpha.shape
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + width, canvas.shape[1]), min(top + height, canvas.shape[0])
    alpha = figure.alpha[y0 - top : y1 - top, x0 - left : x1 - left, None]
    colour = figure.colour[y0 - top : y1 - top, x0 - left : x1 - left]
    canvas[y0:y1, x0:x1] += (colour - canvas[y0:y1, x0:x1]) * alpha


def _clipped(box: NDArray[np.float64], canvas: NDArray[np.float32]) -> NDArray[np.float64]:
    height, width = canvas.shape[:2]
    return np.clip(box, 0, [width, height, width, height])
