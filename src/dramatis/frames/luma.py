"""The brightness of a decoded frame, reduced: enough to find cuts, cheap enough to take from every frame."""

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Thumb = NDArray[np.float32]
"""Brightness [0..1], shape (45, 80), whatever the shape of the video."""

WIDTH, HEIGHT = 80, 45
SAMPLED_PX = 160
"""Pixels that are read of each line: the Y plane is strided, not converted."""
FULL_RANGE = 2  # AVCOL_RANGE_JPEG


def thumbnail(frame: av.VideoFrame) -> Thumb:
    """The reduced brightness of a frame. HDR is left in its own coding, which is even to the eye as well."""
    luma, bits, full = _luma(frame)
    step = max(1, round(max(luma.shape) / SAMPLED_PX))
    small = np.ascontiguousarray(luma[step // 2 :: step, step // 2 :: step]).astype(np.float32)
    thumb = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    black, span = (0, 2**bits - 1) if full else (16 << bits - 8, 219 << bits - 8)
    return np.clip((thumb - np.float32(black)) / np.float32(span), 0, 1)


def _luma(frame: av.VideoFrame) -> tuple[NDArray, int, bool]:
    """The Y plane without a copy, its bits, and whether black is 0 in it."""
    name = frame.format.name
    if not name.startswith(("yuv", "gray")) or name.endswith("be"):
        return cv2.cvtColor(frame.to_ndarray(format="rgb24"), cv2.COLOR_RGB2GRAY), 8, True
    bits, plane = frame.format.components[0].bits, frame.planes[0]
    kind = np.uint8 if bits == 8 else np.uint16
    rows = np.frombuffer(plane, kind, count=plane.line_size // kind().itemsize * frame.height)
    full = frame.color_range == FULL_RANGE or name.startswith(("yuvj", "gray"))
    return rows.reshape(frame.height, -1)[:, : frame.width], bits, full
