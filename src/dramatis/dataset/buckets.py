"""Aspect buckets: the few picture sizes that training works with."""

import math

Size = tuple[int, int]
"""Width and height [px]."""


def bucket_sizes(resolution_px: int, step_px: int, sides_px: tuple[int, int]) -> list[Size]:
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


def nearest_bucket(width: int, height: int, sizes: list[Size]) -> Size:
    """The size whose aspect ratio is nearest to a picture's; of equal ones that of the largest area."""
    aspect = math.log(width / height)
    return min(sizes, key=lambda size: (round(abs(math.log(size[0] / size[1]) - aspect), 9), -size[0] * size[1], size))
