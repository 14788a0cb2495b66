"""Mode mpdecimate: which pictures do not repeat the one before, as ffmpeg's filter of that name decides."""

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.frames.sampling import Test
from dramatis.frames.video import Picture

HIGH, LOW, SHARE = 64 * 12, 64 * 5, 0.33
"""The filter's own limits: hi, lo and frac."""
PLAIN = ("yuv420p", "yuv422p", "yuv444p", "yuvj420p", "yuvj422p", "yuvj444p", "yuv410p", "yuv411p", "yuv440p", "gray")
"""Formats that are compared as they are; of others, which the filter does not take, 8 bits in yuv420p."""


def decimated() -> Test:
    """Passes the first picture, and each that does not repeat the last one that passed."""
    kept: list[NDArray[np.uint8]] = []

    def passes(picture: Picture) -> bool:
        nonlocal kept
        planes = _planes(picture.frame)
        if [p.shape for p in planes] == [p.shape for p in kept] and not any(map(differs, planes, kept)):
            return False
        kept = planes
        return True

    return passes


def differs(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> bool:
    """True if some block of 8 by 8 differs by more than `HIGH` in sum, or too many by more than `LOW`.

    Blocks overlap by half; the first column of them is left out. Too many is a third of the number of blocks of 16 by
    16. Source: ffmpeg, libavfilter/vf_mpdecimate.c.
    """
    height, width = a.shape
    if height < 8 or width < 16:
        return False
    sums = cv2.boxFilter(cv2.absdiff(a, b), cv2.CV_32F, (8, 8), anchor=(0, 0), normalize=False)
    blocks = sums[: height - 7 : 4, 8 : width - 7 : 4]
    return bool(blocks.max() > HIGH or (blocks > LOW).sum() > int((width // 16) * (height // 16) * SHARE))


def _planes(frame: av.VideoFrame) -> list[NDArray[np.uint8]]:
    if frame.format.name not in PLAIN:
        frame = frame.reformat(format="yuv420p")
    found = []
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8, count=plane.line_size * plane.height)
        found.append(rows.reshape(plane.height, -1)[:, : plane.width].copy())  # the decoder uses its memory again
    return found
