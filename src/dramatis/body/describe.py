"""The colours of one figure: of its face, and of the bands of its body."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.body.colours import face_pixels, quantiles
from dramatis.body.regions import Boxes, Build, bands
from dramatis.body.schema import BAND_LEVELS, BANDS, FACE_LEVELS
from dramatis.core.images import Image

FEWEST_PX = 12
"""A band of fewer pixels says nothing."""


class Colours(NamedTuple):
    """What the table of bodies holds of a figure.

    Attributes:
        face: shape (face levels, 3) [0..255].
        seen: share of each band that can be seen, 0 if it is too little, shape (bands,) [0..1].
        clothes: shape (bands, band levels, 3) [0..255]; NaN where a band is not seen.
    """

    face: NDArray[np.float64]
    seen: NDArray[np.float64]
    clothes: NDArray[np.float64]


def described(image: Image, figure: Boxes, others: Iterable[Boxes], build: Build, min_seen: float) -> Colours:
    """The colours of a figure with a face.

    Args:
        image: the frame, RGB.
        figure: its boxes by kind.
        others: boxes of the other figures in the frame.
        min_seen: share of a band that must be seen for it to count [0..1].
    """
    seen, clothes = np.zeros(len(BANDS)), np.full((len(BANDS), len(BAND_LEVELS), 3), np.nan)
    for n, (pixels, share) in enumerate(bands(image, figure, others, build, BANDS)):
        if share >= min_seen and len(pixels) >= FEWEST_PX:
            seen[n], clothes[n] = share, quantiles(pixels, BAND_LEVELS)
    return Colours(quantiles(face_pixels(image, figure["face"]), FACE_LEVELS), seen, clothes)
