"""A camera over the still: it comes nearer or draws back, and drifts to one side, at a constant speed."""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np

from dramatis.backends.motion import MotionParams, Still
from dramatis.core import seeds
from dramatis.core.images import Image

FINER = 2
"""Frames are drawn so many times larger and then averaged, so that fine lines do not flicker as they move."""


class Window(NamedTuple):
    """What the camera sees: left and top [share of width, height], and its width and height as one share."""

    left: float
    top: float
    share: float


def load(params: MotionParams) -> "Pan":
    """The camera; it needs no weights."""
    return Pan(params.zoom)


class Pan:
    """See `Motion`."""

    def __init__(self, zoom: float):
        self._zoom = zoom

    def frames(self, still: Still, count: int, fps: float) -> Iterator[Image]:
        """Frames at equal steps from one window to another."""
        large = still.width_px * FINER, still.height_px * FINER
        source = cv2.resize(still.image, large, interpolation=cv2.INTER_LANCZOS4)
        start, end = path(self._zoom, still.seed)
        for number in range(count):
            at = number / max(count - 1, 1)
            window = Window(*(a + (b - a) * at for a, b in zip(start, end)))
            yield cv2.resize(seen(source, window), (still.width_px, still.height_px), interpolation=cv2.INTER_AREA)


def path(zoom: float, seed: int) -> tuple[Window, Window]:
    """First and last window of a still: the whole of it, and a nearer one to a side that chance chose, or back."""
    chance = seeds.rng(seed, "pan")
    share = 1 / zoom
    left, top = (1 - share) * chance.uniform(0.2, 0.8, 2)
    whole, near = Window(0, 0, 1), Window(float(left), float(top), share)
    return (whole, near) if chance.random() < 0.5 else (near, whole)


def seen(source: Image, window: Window) -> Image:
    """The part of a picture that a window shows, enlarged to the size of the picture; edges lie between pixels."""
    height, width = source.shape[:2]
    shift = (window.share - 1) / 2  # centres of pixels lie half a pixel inside
    inverse = np.array(
        [[window.share, 0, window.left * width + shift], [0, window.share, window.top * height + shift]], np.float64
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(source, inverse, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
