"""From a decoded frame to the picture a viewer sees: RGB, upright, square pixels, standard dynamic range."""

from fractions import Fraction
from typing import Any, Literal

import av
import cv2
import numpy as np
from av.sidedata.sidedata import Type
from numpy.typing import NDArray

from dramatis.core.errors import InputError
from dramatis.core.images import Image
from dramatis.frames.bars import Area
from dramatis.frames.colours import colours_of, side_data
from dramatis.frames.luma import limited_grey, plane
from dramatis.frames.params import ToneMap
from dramatis.frames.tone import to_display

TILES = 8
SHARPNESS_PX = 1024
WIDEST = 16
"""A pixel is at most so many times wider than high, or higher than wide: what says more is damaged."""


def to_rgb(
    frame: av.VideoFrame, aspect: Fraction | None, place: str, operator: ToneMap = "bt2390", area: Area | None = None
) -> Image:
    """The picture of a frame, shape (H, W, 3).

    Args:
        aspect: width of a pixel over its height; null if the stream does not say.
        place: the file, for the error.
        operator: how HDR becomes SDR.
        area: the part of the coded picture inside its bars; null is all of it.

    Raises:
        InputError: colours that nobody can tell or convert, or pixels of a shape that no film has.
    """
    if aspect and not 1 / WIDEST <= aspect <= WIDEST:
        problem = f"its pixels are said to be {aspect.numerator} wide and {aspect.denominator} high"
        raise InputError(place, problem, "Correct it: ffmpeg -i IN -c copy -aspect 16:9 OUT")
    colours = colours_of(frame, place)
    if colours.ready:
        image = _inside(_numbers(frame, "rgb24", colours.matrix), area)
    else:
        image = to_display(_inside(_numbers(frame, "rgb48le", colours.matrix), area), colours, operator)
    matrix = side_data(frame, Type.DISPLAYMATRIX)
    return upright(square(image, aspect), None if matrix is None else np.frombuffer(matrix, np.int32))


def rgb_of(frame: av.VideoFrame, **said: Any) -> Image:
    """A frame as the library converts it, RGB; `said` are more arguments of its `to_ndarray`."""
    return np.asarray(frame.to_ndarray(format="rgb24", **said), np.uint8)


def _numbers(frame: av.VideoFrame, layout: Literal["rgb24", "rgb48le"], matrix: int) -> NDArray[Any]:
    """R'G'B' of a frame in its own transfer and primaries, full range, shape (H, W, 3)."""
    if not limited_grey(frame):
        return frame.to_ndarray(format=layout, src_colorspace=matrix)
    luma, black, span = plane(frame)
    kind, most = (np.uint8, 255) if layout == "rgb24" else (np.uint16, 65535)
    grey = np.clip((luma.astype(np.float32) - black) * (most / span) + 0.5, 0, most).astype(kind)
    return np.repeat(grey[..., None], 3, axis=2)


def _inside(image: NDArray[Any], area: Area | None) -> NDArray[Any]:
    return image if area is None else np.ascontiguousarray(image[area.top : area.bottom, area.left : area.right])


def square(image: Image, aspect: Fraction | None) -> Image:
    """The picture with square pixels: the side that is too short is stretched, so no detail is lost."""
    if not aspect or aspect == 1:
        return image
    height, width = image.shape[:2]
    size = (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))
    return cv2.resize(image, size, interpolation=cv2.INTER_CUBIC)


def upright(image: Image, matrix: NDArray[np.int32] | None) -> Image:
    """The picture turned and mirrored as its display matrix asks, to the nearest quarter turn.

    Args:
        matrix: nine fixed-point numbers a b u c d v x y w, with x' = a x + c y and y' = b x + d y
            (ISO/IEC 14496-12, 6.2.2); null leaves the picture as it is.
    """
    if matrix is None:
        return image
    a, b, c, d = (int(matrix[i]) for i in (0, 1, 3, 4))
    if abs(b) > abs(a):  # a quarter turn: columns become rows
        image, flip_x, flip_y = image.swapaxes(0, 1), c < 0, b < 0
    else:
        flip_x, flip_y = a < 0, d < 0
    return np.ascontiguousarray(image[:: -1 if flip_y else 1, :: -1 if flip_x else 1])


def reduced(image: Image, longer_px: int) -> Image:
    """The picture, made smaller if its longer side has more pixels than that."""
    scale = longer_px / max(image.shape[:2])
    if scale >= 1:
        return image
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def sharpness(image: Image) -> float:
    """90th percentile of the Laplacian's variance over 8×8 tiles: one sharp place makes a picture sharp.

    Pictures longer than 1024 px are reduced to that first, so that sizes can be compared.
    """
    grey = reduced(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), SHARPNESS_PX)
    edges = cv2.Laplacian(grey, cv2.CV_32F)
    bands = np.array_split(edges, min(TILES, edges.shape[0]), axis=0)
    tiles = [tile.var() for band in bands for tile in np.array_split(band, min(TILES, band.shape[1]), axis=1)]
    return float(np.percentile(tiles, 90))
