"""Parameters of stage `story`."""

from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field

from dramatis.backends.writers.params import OpenAIParams, TransformersParams
from dramatis.core.params import Params
from dramatis.core.stories import Writer


class StoryParams(Params):
    """How scenes are made of the line of a story."""

    writer: Writer = Field(description="Who makes scenes of a line, unless the story names another.")
    grammar: Path = Field(description="Words, actions and arcs of writer `grammar`; words for clothes.")
    tries: int = Field(ge=1, le=20, description="Times that a writer is asked: an answer with faults goes back to it.")
    openai: OpenAIParams = Field(description="A server.")
    transformers: TransformersParams = Field(description="A language model on this machine.")


class Limits(Params):
    """The keys of section `caption` that say how long a prompt may be."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    tokenizer: Path
    token_limits: list[Annotated[int, Field(ge=1)]]
