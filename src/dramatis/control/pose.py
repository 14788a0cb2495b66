"""Control images of kind pose: boxes of people, and where their heads look. They say nothing about arms and legs."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.control.landmarks import SHIFT, shifted, stroke
from dramatis.control.place import Points
from dramatis.core.images import Image

COLOURS = {"person": (70, 90, 255), "halfbody": (0, 200, 80), "head": (255, 200, 0), "face": (255, 60, 60)}
"""Colour of the box of each kind, in the order in which they are drawn."""
LOOK, UP = (255, 255, 255), (0, 220, 255)
"""Colours of the two lines from the middle of the face: where its nose points, and to the top of the head."""


class Figure(NamedTuple):
    """Somebody in the crop.

    Attributes:
        boxes: x0 y0 x1 y1 by kind [px of the crop]; those that were found.
        turn: yaw, pitch and roll of the head [degrees]; None if unsure.
    """

    boxes: dict[str, NDArray[np.float64]]
    turn: tuple[float, float, float] | None


def axes(yaw: float, pitch: float, roll: float) -> Points:
    """Where the nose and the top of a head point in the picture, shape (2, 2); 1 is across the line of sight.

    Args:
        yaw, pitch, roll: as in stage `landmark` [degrees].
    """
    turn, nod = np.radians(yaw), np.radians(pitch)
    pair = np.array([np.sin(turn) - 1j * np.cos(turn) * np.sin(nod), -1j * np.cos(nod)]) * np.exp(1j * np.radians(roll))
    return np.stack([pair.real, pair.imag], -1)


def draw_pose(figures: Sequence[Figure], width: int, height: int, line_width: float) -> Image:
    """Outlines of boxes on black, each as wide as its diagonal says; later figures cover earlier ones.

    Args:
        figures: who is in the crop.
        width, height: of the crop [px].
        line_width: over the diagonal of a box.
    """
    on = np.zeros((height, width, 3), np.uint8)
    for figure in figures:
        for kind, colour in COLOURS.items():
            if kind in figure.boxes:
                box = figure.boxes[kind].reshape(2, 2)
                low, high = box.round().astype(int).tolist()
                outermost = [side - 1 for side in high]
                cv2.rectangle(on, low, outermost, colour, stroke(box, line_width), cv2.LINE_8)
        if figure.turn is not None and "face" in figure.boxes:
            box = figure.boxes["face"].reshape(2, 2)
            middle, reach = box.mean(0), np.ptp(box, axis=0).max() / 2
            for end, colour in zip(middle + reach * axes(*figure.turn), (LOOK, UP), strict=True):
                start, stop = shifted(np.stack([middle, end])).tolist()
                cv2.line(on, start, stop, colour, stroke(box, line_width), cv2.LINE_AA, SHIFT)
    return on
