"""The easel: draws the picture of a recipe, with the bases and adapters that it needs loaded once."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.core.images import Image
from dramatis.core.recipe import Recipe


class Drawn(NamedTuple):
    """A picture that was drawn after a recipe."""

    image: Image
    """With all edits of the recipe, RGB."""
    before: Image
    """Without any."""
    mask: NDArray[np.float32] | None
    """Where the last edit was allowed to change it, shape (H, W) [0..1]; None without edits."""


class Easel:
    """Bases with adapters, loaded when first asked for and kept.

    Args:
        models: folder of the runs, `models/<run>/step-<n>`.
        keep: models that are held in memory at once; the one that was used longest ago goes.
    """

    def __init__(self, models: Path = Path("models"), keep: int = 4):
        self.models, self.keep = models, keep

    def picture(self, recipe: Recipe) -> Drawn:
        """Draws a recipe: the same recipe gives the same bytes, whatever was drawn before.

        Raises:
            MissingError: a run has no such checkpoint, or a control picture is gone.
            InputError: a checkpoint is another one than the recipe was written for, or does not fit the base.
            ParameterError: regions of two figures overlap fully, or the drawing is none that these models can do.
        """
        raise NotImplementedError
