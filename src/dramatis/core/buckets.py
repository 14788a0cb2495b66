"""Aspect buckets: the few picture sizes that training works with, and how a picture is cut to one of them."""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image, resize

Size = tuple[int, int]
"""Width and height [px]."""
Box = Sequence[float]
"""x0 y0 x1 y1 [px]."""


class Cut(NamedTuple):
    """How a picture fills a bucket: scaled until it covers it, then cut."""

    wide: int
    """Width of the scaled picture [px]."""
    high: int
    """Its height [px]."""
    left: int
    """Where the bucket begins in it [px]."""
    top: int
    """The same from above [px]."""


def bucket_sizes(resolution_px: int, step_px: int, sides_px: Size) -> list[Size]:
    """All sizes whose sides are multiples of a step within two bounds, of the largest area up to resolution squared.

    Returns:
        For each width the tallest size that fits and the same turned on its side, sorted. Empty if none fits.
    """
    low, high = math.ceil(sides_px[0] / step_px) * step_px, sides_px[1]
    found = set()
    for width in range(low, high + 1, step_px):
        height = min(high, resolution_px**2 // width) // step_px * step_px
        if height >= low:
            found |= {(width, height), (height, width)}
    return sorted(found)


def nearest_bucket(size: Size, buckets: Sequence[Size], keep: Box | None = None) -> Size:
    """The bucket whose aspect ratio is nearest to a picture's; of equal ones that of the largest area.

    Args:
        size: of the picture.
        buckets: at least one.
        keep: what no cut may touch, such as a face. Buckets that cannot hold it count only if none can.
    """
    aspect = math.log(size[0] / size[1])

    def order(bucket: Size) -> tuple[float, int, Size]:
        return round(abs(math.log(bucket[0] / bucket[1]) - aspect), 9), -bucket[0] * bucket[1], bucket

    first = min(buckets, key=order)
    if keep is None or holds(size, first, keep):
        return first
    return next((bucket for bucket in sorted(buckets, key=order) if holds(size, bucket, keep)), first)


def cut_of(size: Size, bucket: Size, keep: Box | None = None) -> Cut:
    """Where a picture is cut to fill a bucket: in the middle, moved as little as it takes to hold `keep`.

    Where `keep` is longer than the bucket, its middle is the middle of the bucket, as far as the picture reaches.
    """
    return _cut(size, bucket, tuple(keep) if keep is not None else None)


@lru_cache(maxsize=2**16)
def _cut(size: Size, bucket: Size, keep: tuple[float, ...] | None) -> Cut:
    """`cut_of`, which is asked about each picture several times."""
    scale = max(bucket[0] / size[0], bucket[1] / size[1])
    wide, high = max(bucket[0], round(size[0] * scale)), max(bucket[1], round(size[1] * scale))
    x0, y0, x1, y1 = keep or (size[0] / 2, size[1] / 2) * 2
    across, down = wide / size[0], high / size[1]
    return Cut(
        wide, high, _start(wide, bucket[0], x0 * across, x1 * across), _start(high, bucket[1], y0 * down, y1 * down)
    )


def _start(length: int, window: int, low: float, high: float) -> int:
    """Where a window begins in a length, so that it holds a stretch of it; all [px]."""
    first, last = max(math.floor(low), 0), min(math.ceil(high), length)
    start = (length - window) // 2
    start = (first + last - window) // 2 if last - first > window else min(max(start, last - window), first)
    return min(max(start, 0), length - window)


def cut_share(size: Size, bucket: Size) -> float:
    """Share of a picture that lies outside its bucket [0..1)."""
    cut = cut_of(size, bucket)
    return 1 - bucket[0] * bucket[1] / (cut.wide * cut.high)


def placed(box: Box, size: Size, bucket: Size, keep: Box | None = None) -> NDArray[np.float64]:
    """A box of a picture as it lies in the bucket [px of the bucket], shape (4,); it may reach beyond the edges."""
    cut = cut_of(size, bucket, keep)
    scale = cut.wide / size[0], cut.high / size[1]
    return np.asarray(box, float) * np.tile(scale, 2) - np.tile((cut.left, cut.top), 2)


def holds(size: Size, bucket: Size, keep: Box) -> bool:
    """True if all that the picture has of `keep` lies in the bucket, but for what rounding to pixels takes."""
    cut = cut_of(size, bucket, keep)
    sides = zip(size, bucket, (cut.wide, cut.high), (cut.left, cut.top), keep[:2], keep[2:], strict=True)
    return all(
        max(low, 0) * scaled / length - start > -1 and min(high, length) * scaled / length - start < window + 1
        for length, window, scaled, start, low, high in sides
    )


def fit(image: Image, bucket: Size, keep: Box | None = None) -> Image:
    """A picture that fills its bucket, shape (height, width, 3): what is cut off is as `cut_of` says."""
    cut = cut_of((image.shape[1], image.shape[0]), bucket, keep)
    return resize(image, cut.wide, cut.high)[cut.top : cut.top + bucket[1], cut.left : cut.left + bucket[0]]


def bucket_name(size: Size) -> str:
    """`<width>x<height>`."""
    return f"{size[0]}x{size[1]}"


def bucket_of(name: str) -> Size:
    """The size that `bucket_name` wrote."""
    width, height = name.split("x")
    return int(width), int(height)
