"""Parameters of drawing, shared by the stages that draw."""

from typing import Literal

from pydantic import Field

from dramatis.core.params import Params


class DrawingParams(Params):
    """How pictures are drawn."""

    steps: int = Field(ge=1, le=1000, description="DDIM steps.")
    guidance: float = Field(ge=1, description="Scale of classifier-free guidance; 1 is none.")
    negative: str = Field(description="Text to steer away from; may be empty.")
    batch_size: int = Field(ge=1, description="Pictures drawn at once; part of the recipe, as it changes rounding.")
    precision: Literal["fp32", "bf16"] = Field(description="Of the weights. CPU: fp32.")
    device: Literal["cpu", "cuda"] = Field(description="Where to draw.")
    threads: int = Field(ge=1, description="CPU threads; part of the recipe likewise.")
