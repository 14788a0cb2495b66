"""Changes of a picture, one after the other, each leaving alone what it is not about."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image
from dramatis.core.recipe import Edit
from dramatis.diffusion.model import Model
from dramatis.diffusion.params import DrawingParams


class Asked(NamedTuple):
    """The picture that is changed: what `sample` would draw, or a picture from outside."""

    prompt: str
    seed: int
    negative: str | None = None
    """What is steered away from; None is the parameters' own text."""
    size: tuple[int, int] | None = None
    """Width and height [px]; None is that of the parameters, or the base's own."""
    control: Image | None = None
    """Control image for the model's ControlNet, of that size."""
    tokens: int = 75
    zero_terminal_snr: bool = False
    picture: Image | None = None
    """A picture from outside, of any size, which `prompt` describes: it is inverted instead of drawn from the seed."""


class Edited(NamedTuple):
    """A picture after an edit."""

    image: Image
    mask: NDArray[np.float32]
    """What was allowed to change, shape (H, W) of the picture [0..1]; all ones without a blend."""
    prompt: str
    """What it is drawn from now: the prompt of the next edit."""


def edited(model: Model, asked: Asked, edits: Sequence[Edit], params: DrawingParams) -> list[Edited]:
    """The picture as it is drawn, then the picture after each edit: one more than there are edits.

    The first is drawn from its seed again in the same batch as what becomes of it, so source and targets share each
    step's noise. Without edits it is bit-equal to `sample`; with edits it differs from it by rounding at most, as any
    batch of another size does.

    Args:
        model: base, with what is applied to it; adapters and a ControlNet stay as they are.
        asked: the picture.
        edits: what is changed, in order; each starts from the result of the one before.
        params: how to draw; a picture from outside needs sampler ddim.

    Raises:
        ParameterError: a word is not in the prompt, the prompts do not pair, a region has no area, or the sampler cannot
            do this.
    """
    raise NotImplementedError
