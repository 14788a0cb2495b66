"""Perceptual hashes: 64 bits that change little when a picture changes little."""

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image

SIDE = 32
"""Side of the grey picture that is transformed [px]."""
KEPT = 8
"""Side of the block of lowest frequencies that becomes bits."""


def phash(image: Image) -> int:
    """The hash of an RGB picture: which of its 8×8 lowest frequencies lie above their median.

    Source: the DCT hash of Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010).
    The constant term is left out of the median, so brightness alone changes nothing.
    """
    return hash_of_grey(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))


def hash_of_grey(grey: NDArray[np.uint8] | NDArray[np.float32]) -> int:
    """The same of a picture of brightness, shape (H, W)."""
    grey = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    lows = cv2.dct(grey.astype(np.float32))[:KEPT, :KEPT].ravel()
    bits = lows > np.median(lows[1:])
    bits[0] = False
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def distances(a: list[int] | NDArray[np.uint64], b: list[int] | NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Number of bits in which each pair differs [0..64], shape (len(a), len(b))."""
    return np.bitwise_count(np.asarray(a, np.uint64)[:, None] ^ np.asarray(b, np.uint64)[None])
