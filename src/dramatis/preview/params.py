"""Parameters of stage `preview`."""

from typing import Annotated

from pydantic import Field, StringConstraints

from dramatis.core.params import Params
from dramatis.diffusion.params import DrawingParams

Template = Annotated[str, StringConstraints(pattern=r"^[^{}]*\{trigger\}[^{}]*$")]
"""A prompt with `{trigger}` once, where the character's trigger word goes."""


class PreviewParams(Params):
    """What is drawn of every character of a run, at every checkpoint."""

    seed: int = Field(ge=0, description="Seed of the noise.")
    prompts: list[Template] = Field(min_length=1, description="Prompts; tags beside `{trigger}` are those asked for.")
    images: int = Field(ge=1, le=99, description="Pictures of each prompt and character.")
    drawing: DrawingParams = Field(description="How they are drawn.")
