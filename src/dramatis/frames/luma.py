"""The brightness of a decoded frame, reduced: enough to find cuts, cheap enough to take from every frame."""

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Thumb = NDArray[np.float32]
"""Brightness [0..1], shape (45, 80), whatever the shape of the video."""
Detail = NDArray[np.float32]
"""Energy of fine detail around each tile of a picture [levels²], shape (9, 16)."""

WIDTH, HEIGHT = 80, 45
SAMPLED_PX = 160
"""Pixels that are read of each line: the Y plane is strided, not converted."""
LIMITED, FULL = 1, 2  # AVCOL_RANGE_MPEG, AVCOL_RANGE_JPEG
TILES_ACROSS, TILES_DOWN = 16, 9
DETAIL_PX, SHRINK = 640, 2
"""Detail is looked for in a picture whose longer side is at least this, but in no more than half the size."""


def thumbnail(frame: av.VideoFrame) -> Thumb:
    """The reduced brightness of a frame. HDR is left in its own coding, which is even to the eye as well."""
    luma, black, span = plane(frame)
    step = max(1, round(max(luma.shape) / SAMPLED_PX))
    small = np.ascontiguousarray(luma[step // 2 :: step, step // 2 :: step]).astype(np.float32)
    thumb = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    thumb -= np.float32(black)
    thumb *= np.float32(1 / span)
    return np.clip(thumb, 0, 1, out=thumb)


def detail(frame: av.VideoFrame) -> Detail:
    """How much fine detail each part of a frame has: blur takes it away.

    Mean square of the Laplacian of brightness in 8 bits over each of 16 by 9 tiles and half of those around it, so
    that what moves a little stays in its tile. An edge of width w gives energy that goes with 1/w³.
    """
    luma, _, span = plane(frame)
    if luma.dtype != np.uint8:
        luma = (luma >> (span.bit_length() - 8)).astype(np.uint8)
    shrink = max(SHRINK, max(luma.shape) // DETAIL_PX)
    height, width = (max(1, side // shrink) for side in luma.shape)
    small = cv2.resize(luma[: height * shrink, : width * shrink], (width, height), interpolation=cv2.INTER_AREA)
    edges = cv2.Laplacian(small, cv2.CV_32F)
    if height >= TILES_DOWN and width >= TILES_ACROSS:  # tiles of whole pixels are averaged much faster
        edges = edges[: height // TILES_DOWN * TILES_DOWN, : width // TILES_ACROSS * TILES_ACROSS]
    tiles = cv2.resize(cv2.multiply(edges, edges), (TILES_ACROSS, TILES_DOWN), interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(tiles, (3, 3), 0)


def plane(frame: av.VideoFrame) -> tuple[NDArray[np.uint8 | np.uint16], int, int]:
    """Brightness, shape (H, W), where possible without a copy; its number for black; from black to white."""
    name = frame.format.name
    if not name.startswith(("yuv", "gray")) or name.endswith("be"):
        return cv2.cvtColor(frame.to_ndarray(format="rgb24"), cv2.COLOR_RGB2GRAY), 0, 255
    bits, coded = frame.format.components[0].bits, frame.planes[0]
    kind = np.dtype(np.uint8 if bits == 8 else np.uint16)
    rows = np.frombuffer(memoryview(coded), kind, count=coded.line_size // kind.itemsize * frame.height)
    luma = rows.reshape(frame.height, -1)[:, : frame.width]
    full = frame.color_range == FULL or name.startswith("yuvj") or (name.startswith("gray") and not limited_grey(frame))
    return (luma, 0, 2**bits - 1) if full else (luma, 16 << bits - 8, 219 << bits - 8)


def limited_grey(frame: av.VideoFrame) -> bool:
    """True for grey that the stream calls limited in range: ffmpeg converts it as if it were full."""
    return frame.format.name.startswith("gray") and frame.color_range == LIMITED
