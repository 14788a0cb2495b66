"""The blur of a face: its radius in pixels along its long and its short axis, and what kind of blur it is."""

from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from dramatis.core.errors import InputError, MissingError
from dramatis.quality.gradients import LEAST_PX, features

Kind = Literal["none", "defocus", "motion"]

FILE = "blur.safetensors"
UNSEEN_PX, UNSEEN = 0.7, 0.028
"""Blur below either radius, in pixels or in widths of the face, is none that one sees."""
ONE_SIDED = 1.3
"""From this ratio of the long to the short radius on, a blur is a motion."""
TRIAL = np.add.outer(np.arange(0, 128, 2), np.arange(0, 128, 2)).astype(np.uint8)
"""A slope of brightness: any picture that is not too small or too even."""
FURTHEST = 5.0
"""Deviations from the mean at which a feature is cut off, so that an odd picture stays in what was learned."""


class Blur(NamedTuple):
    """Radii of the blur of a picture along its long and its short axis [px]: standard deviations of the point spread.

    A disk out of focus has half its radius here, a motion its length over the root of 12.
    """

    long_px: float
    short_px: float


class BlurNet:
    """Two dense layers on the gradients of a picture; the weights are those of `dramatis.pocket.blur`."""

    def __init__(self, folder: Path):
        """Reads `blur.safetensors`.

        Raises:
            MissingError: there is no such file.
            InputError: it holds something else.
        """
        file = folder / FILE
        if not file.is_file():
            raise MissingError(
                str(file), "there is no such weight file", "Point `quality.weights` in params.yaml at its folder"
            )
        try:
            weights = load_file(file)
            self.mean, self.deviation = weights["mean"], weights["deviation"]
            self.layers = [(weights[f"{n}.weight"], weights[f"{n}.bias"]) for n in range(3)]
            self(TRIAL)  # weights of another shape fail here, not at the first face
        except (SafetensorError, KeyError, ValueError, TypeError) as error:
            raise InputError(str(file), f"no weights of a blur net ({error})", "Take it from models/pocket") from None

    def __call__(self, luma: NDArray[np.uint8]) -> Blur | None:
        """The blur of the brightness of a face, shape (H, W); None if it is too small or too even to have any edge."""
        if min(luma.shape) < LEAST_PX or luma.min() == luma.max():
            return None
        values = np.clip((features(luma) - self.mean) / self.deviation, -FURTHEST, FURTHEST)
        for n, (weight, bias) in enumerate(self.layers):
            values = weight @ values + bias
            if n < len(self.layers) - 1:
                values = values / (1 + np.exp(-values))
        long_px, short_px = sorted(np.exp(values.astype(np.float64)), reverse=True)
        return Blur(float(long_px), float(short_px))


def kind_of(blur: Blur, width_px: int) -> Kind:
    """What kind of blur a face of some width shows."""
    if blur.long_px < UNSEEN_PX or blur.long_px < UNSEEN * width_px:
        return "none"
    return "motion" if blur.long_px >= ONE_SIDED * blur.short_px else "defocus"


def sharpness(share: float) -> float:
    """1 / (1 + 25 × blur radius in widths of the face), in (0, 1]: 0.5 at 4 %."""
    return 1 / (1 + 25 * share)
