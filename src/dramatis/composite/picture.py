"""What a composite is made into, and figures that can stand in one."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.composite.matte import Alpha
from dramatis.core.images import Image

Row = Sequence[float] | NDArray[np.floating] | NDArray[np.integer]
"""A box x0 y0 x1 y1 [px]."""


class Composed(NamedTuple):
    """A finished picture with the boxes of its parts and their faces, left to right [px]."""

    image: Image
    boxes: list[NDArray[np.float64]]
    faces: list[NDArray[np.float64]]


class Figure(NamedTuple):
    """A figure cut out of its frame.

    Attributes:
        colour: RGB, shape (H, W, 3).
        alpha: share of figure in each pixel [0..1], shape (H, W).
        face: box of its face [px].
        whole: it stands on its feet; else its lower edge is a cut.
    """

    colour: Image
    alpha: Alpha
    face: NDArray[np.float64]
    whole: bool
