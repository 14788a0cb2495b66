"""Parameters of stage `regularize`."""

from typing import Annotated

from pydantic import Field, StringConstraints

from dramatis.core.params import Params
from dramatis.diffusion.params import DrawingParams


class RegularizeParams(Params):
    """Which class images are drawn."""

    base: str = Field(min_length=1, description="Diffusers folder or single-file checkpoint that draws.")
    clip_skip: int | None = Field(None, ge=1, le=12, description="Layer of the text encoder, from the last (1).")
    seed: int = Field(ge=0, description="Seed of the pictures.")
    count: int = Field(ge=0, le=99_999, description="Pictures; 0 draws none.")
    prompts: list[Annotated[str, StringConstraints(min_length=1)]] = Field(
        min_length=1, description="Prompts that name nobody, taken in turns; they become the captions."
    )
    drawing: DrawingParams = Field(description="How they are drawn.")
