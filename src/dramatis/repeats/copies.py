"""Frames that show the same picture as a frame of an earlier source."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image
from dramatis.core.phash import distances

CHUNK = 1024
NEAREST = 8
"""Frames with the nearest hashes that are compared as pictures."""
WIDTH, HEIGHT = 80, 45
SAME_SHAPE = 0.02
"""Share by which the aspect ratio of a copy may differ: sizes are whole pixels."""
SAME = 16
"""Brightness by which no place of a reduced copy differs, softened over 3 by 3 [0..255]: coarse coding and another size
make up to about that."""


class Copy(NamedTuple):
    """A row number, that of the earlier row it copies, and the bits in which their hashes differ."""

    row: int
    of: int
    distance: int


def copies(
    sources: Sequence[str],
    hashes: NDArray[np.uint64],
    shapes: NDArray[np.float64],
    same: Callable[[int, int], bool],
    max_distance: int,
) -> Iterator[Copy]:
    """The rows that repeat a row of another source before them.

    Args:
        sources: of each row; the rows of one source stand together.
        hashes: perceptual hashes, shape (N,).
        shapes: aspect ratios, shape (N,).
        same: whether two rows with near hashes do show the same picture.
        max_distance: bits in which the hashes may differ.
    """
    names = np.array(list(sources))
    original = np.ones(len(hashes), bool)
    for source in dict.fromkeys(sources):
        rows = np.flatnonzero(names == source)
        before = np.flatnonzero(original[: rows[0]])
        for low in range(0, len(rows) if len(before) else 0, CHUNK):
            part = rows[low : low + CHUNK]
            bits = distances(hashes[part], hashes[before])
            shaped = np.abs(shapes[part, None] / shapes[before] - 1) <= SAME_SHAPE
            bits = np.where(shaped, bits, 65)
            for n in np.flatnonzero(bits.min(axis=1) <= max_distance):
                nearest = np.argsort(bits[n], kind="stable")[:NEAREST]
                for m in nearest[bits[n, nearest] <= max_distance]:
                    if same(int(part[n]), int(before[m])):
                        original[part[n]] = False
                        yield Copy(int(part[n]), int(before[m]), int(bits[n, m]))
                        break


def reduced_grey(image: Image) -> NDArray[np.uint8]:
    """The brightness of a picture, reduced to (45, 80) and softened."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return cv2.blur(cv2.resize(grey, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), (3, 3))


def alike(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> bool:
    """True if two reduced pictures are the same but for coding and size."""
    return int(cv2.absdiff(a, b).max()) <= SAME
