"""Parameters of stage `preview`."""

import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from dramatis.core.params import Params
from dramatis.diffusion.params import DrawingParams, Side

PEOPLE = ("left", "middle", "right")
"""Places in a prompt of several characters, as they stand in the picture."""


def _with(*choices: tuple[str, ...]) -> Callable[[str], str]:
    """A check that a text has exactly the places of one of some choices, each once."""

    def check(text: str) -> str:
        places = re.findall(r"\{(\w*)\}", text)
        if tuple(places) not in choices or re.search(r"[{}]", re.sub(r"\{\w*\}", "", text)):
            named = [" and ".join(f"{{{place}}}" for place in choice) or "no braces" for choice in choices]
            raise ValueError(f"must hold {', or '.join(named)}, each once and in this order, and no other braces")
        return text

    return check


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Template = Annotated[Text, AfterValidator(_with(("trigger",)))]
"""A prompt with `{trigger}` once, where the character's trigger word goes."""
GroupTemplate = Annotated[Text, AfterValidator(_with(("left", "right"), PEOPLE, ("trigger",)))]
"""A prompt of two characters, `{left}` and `{right}`, of three, with `{middle}`, or of one beside a stranger."""
Plain = Annotated[Text, AfterValidator(_with(()))]
"""A prompt that names nobody."""


class Pictures(Params):
    """What every kind of prompt has."""

    images: int = Field(ge=0, le=99, description="Pictures of each prompt; 0 is none.")
    negative: str | None = Field(description="Text to steer away from; null is `drawing.negative`.")
    size_px: tuple[Side, Side] | None = Field(description="Width and height [px]; null is as `drawing` says.")


class TagPrompts(Pictures):
    """Prompts like the training captions: one of each cluster of a character's captions."""

    clusters: int = Field(
        ge=1, le=20, description="Clusters of a character at most; few pictures make fewer: 1 + log2(pictures / 5)."
    )
    min_share: float = Field(gt=0, le=1, description="Share of a cluster's captions that have a tag it is asked for.")
    max_tags: int = Field(ge=1, le=75, description="Tags of such a prompt at most, the most frequent ones.")


class FixedPrompts(Pictures):
    """Prompts that are the same for everybody: portrait, full body, profile, other outfits, other places."""

    prompts: list[Template] = Field(description="Prompts; tags beside `{trigger}` are those asked for.")


class GuardPrompts(Pictures):
    """The fixed prompts again, steered away from composites, to see whether these come nevertheless."""


class PairPrompts(Pictures):
    """Prompts of several people: characters of the run, or one of them and somebody else."""

    prompts: list[GroupTemplate] = Field(
        description="Prompts with `{left}` and `{right}`; for three with `{left}`, `{middle}` and `{right}`; with "
        "`{trigger}` for one character beside somebody else."
    )
    orders: Literal["one", "all"] = Field(description="The characters as the run names them, or in all orders.")
    most: int = Field(ge=1, description="Groups of each prompt at most, spread over all of them.")


class ForgetPrompts(Pictures):
    """Prompts far from the training set, without anybody of the run, to see what was forgotten."""

    prompts: list[Plain] = Field(description="Prompts; all their tags are those asked for.")


class ControlPrompts(Pictures):
    """Method `controlnet`: held-out captions with their control images; other runs have none."""

    kinds: list[Literal["canny", "landmarks", "pose"]] | None = Field(
        min_length=1, description="Kinds of control images; null is all that the dataset has."
    )
    pictures: int = Field(ge=1, description="Control images of each character and kind; held out ones if there are.")


class PreviewParams(Params):
    """What is drawn at every checkpoint of a run, and with the bare base."""

    seed: int = Field(ge=0, description="Seed of the noise; a picture's own depends on its prompt and number.")
    scale: float = Field(ge=0, le=2, description="Strength of an adapter; 1 is as trained.")
    tags: TagPrompts = Field(description="Prompts like the training captions.")
    fixed: FixedPrompts = Field(description="Prompts that are the same for everybody.")
    guard: GuardPrompts = Field(description="The fixed prompts with another negative, such as COMPOSITE (R2).")
    pair: PairPrompts = Field(description="Prompts of several people.")
    forget: ForgetPrompts = Field(description="Prompts of what the run does not teach.")
    control: ControlPrompts = Field(description="Prompts with control images.")
    drawing: DrawingParams = Field(description="How they are drawn.")

    @model_validator(mode="after")
    def _something_is_drawn(self) -> "PreviewParams":
        if not (self.tags.images or (self.fixed.images and self.fixed.prompts)):
            raise ValueError("tags.images or fixed.images must be above 0, or no character is drawn to be scored")
        return self
