"""Where the clothes are: a strip down the middle of the body, cut into bands, without other people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.core.boxes import HEAD_OF_FACE, expand
from dramatis.core.images import Image

Boxes = Mapping[str, Sequence[float]]
"""Detected boxes of one figure by kind, half-open `x0 y0 x1 y1` [px]."""
REACH = 3.0
"""How far down others are left out [halves of their bodies]."""


class Build(NamedTuple):
    """How a body lies about its face, and how wide the strip is.

    Attributes:
        side: what a half body is wider than the face on each side [face widths].
        below: from the chin to the waist [face heights].
        strip: width of the strip [widths of the half body].
    """

    side: float
    below: float
    strip: float


class Strip(NamedTuple):
    """The strip of one figure.

    Attributes:
        left, right: its sides [px].
        chin: where it begins [px].
        waist: from there to the waist [px].
        end: where the figure ends at the latest [px]; inf if only its face was found.
    """

    left: float
    right: float
    chin: float
    waist: float
    end: float

    def band(self, high: float, low: float) -> list[int]:
        """Box of the band between two heights, 0 at the chin and 1 at the waist; it may lie outside the frame."""
        top, bottom = self.chin + high * self.waist, self.chin + low * self.waist
        return [round(side) for side in (self.left, top, self.right, bottom)]


def strip_of(figure: Boxes, build: Build) -> Strip:
    """The strip of a figure with a face; the middle of the half body, if it was found, draws it to itself."""
    x0, y0, x1, y1 = figure["face"]
    middle = (x0 + x1) / 2
    if "halfbody" in figure:
        middle = (middle + (figure["halfbody"][0] + figure["halfbody"][2]) / 2) / 2
    half = build.strip * (0.5 + build.side) * (x1 - x0)
    end = figure["person"][3] if "person" in figure else np.inf
    return Strip(middle - half, middle + half, y1, build.below * (y1 - y0), end)


def bands(
    image: Image, figure: Boxes, others: Iterable[Boxes], build: Build, heights: Sequence[tuple[float, float]]
) -> list[tuple[NDArray[np.uint8], float]]:
    """The pixels of each band, shape (P, 3), and the share of the band that they are [0..1].

    Args:
        image: the frame, RGB.
        figure: boxes of the one whose clothes are asked for, with a face.
        others: boxes of the other figures in the frame; their heads and strips are left out.
        heights: upper and lower end of each band, 0 at the chin and 1 at the waist.
    """
    hidden = covered(image.shape[:2], others, build)
    strip = strip_of(figure, build)
    found = []
    for high, low in heights:
        x0, y0, x1, y1 = box = strip.band(high, low)
        here = _part(image.shape[:2], (x0, y0, x1, min(y1, strip.end)))
        pixels = image[here][~hidden[here]]
        found.append((pixels, len(pixels) / max((box[2] - box[0]) * (box[3] - box[1]), 1)))
    return found


def covered(size: tuple[int, int], others: Iterable[Boxes], build: Build) -> NDArray[np.bool_]:
    """True where others are: their heads, and their strips from the chin down; shape (H, W)."""
    hidden = np.zeros(size, bool)
    for other in others:
        if "head" in other:
            hidden[_part(size, other["head"])] = True
        if "face" in other:
            strip = strip_of(other, build)
            hidden[_part(size, expand(other["face"], HEAD_OF_FACE))] = True
            hidden[_part(size, strip.band(0, REACH))] = True
    return hidden


def _part(size: tuple[int, int], box: Iterable[float]) -> tuple[slice, slice]:
    """Rows and columns of a box inside a picture of height and width `size`."""
    (x0, y0, x1, y1), (height, width) = box, size
    rows = [int(np.clip(round(float(y)), 0, height)) for y in (y0, y1)]
    columns = [int(np.clip(round(float(x)), 0, width)) for x in (x0, x1)]
    return slice(*rows), slice(*columns)
