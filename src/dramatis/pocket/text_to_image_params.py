"""Parameters of the measurement of the pocket Stable Diffusion (`models/pocket/params.yaml`)."""

from pydantic import Field

from dramatis.core.params import Params
from dramatis.diffusion.params import DrawingParams


class MeasureParams(Params):
    """The measurement of the pocket Stable Diffusion on prompts and pictures that no training sees."""

    seed: int = Field(ge=0, description="Seed of the pictures, prompts and noise.")
    pictures: int = Field(ge=8, description="Pictures, and as many prompts.")
    draw: DrawingParams = Field(description="How pictures are drawn.")
