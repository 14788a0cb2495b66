"""Parameters of stage `panels`."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, PositiveInt, model_validator

from dramatis.core.params import Key, Params, Word
from dramatis.core.recipe import Joining
from dramatis.diffusion.params import DrawingParams, Side
from dramatis.eyes.params import SightChoice

Scale = Annotated[float, Field(ge=-2, le=2)]


class PanelsParams(Params):
    """How the pictures of all stories are drawn, and which of several is taken."""

    width_px: Side = Field(description="Width of a panel with one character, or none.")
    height_px: Side = Field(description="Height of every panel.")
    wider: float = Field(ge=0, le=2, description="Width that each further character adds [panels of one].")
    seeds: Literal["story", "place", "panel"] = Field(
        description="Panels that begin from the same noise: all of the story, those of one place, or none."
    )
    best_of: int = Field(ge=1, le=100, description="Pictures of a panel of which the best is taken.")
    tries: int = Field(ge=1, le=500, description="Pictures at most, where no better one is right.")
    min_agreement: float = Field(ge=0, le=1, description="Share of the prompt's tags that must be read.")
    scale: Scale = Field(description="Strength of the adapters: 1 is as trained.")
    scales: dict[Key, Scale] = Field(description="The same of some characters.")
    joining: Joining = Field(description="How several characters become one picture.")
    pose_scale: float = Field(ge=0, le=2, description="Strength of `players.pose_run`, which looks at poses.")
    drawing: DrawingParams = Field(description="How to draw; the sizes are those above.")

    @model_validator(mode="after")
    def _tries_enough(self) -> "PanelsParams":
        if self.tries < self.best_of:
            raise ValueError(f"tries = {self.tries} must be at least best_of = {self.best_of}")
        return self


class CaptionWords(Params):
    """The key of section `caption` that says how many people there are."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    people_words: dict[PositiveInt, Word]


class Sight(SightChoice):
    """How panels are looked at: as previews are."""

    clip: str | None
