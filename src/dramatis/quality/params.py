"""Parameters of stage `quality`: what a face must have to be used."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from dramatis.core.params import Params

Share = Annotated[float, Field(ge=0, le=1)]


def _both_ends(value: Any) -> Any:
    return (value, value) if isinstance(value, int | float) else value


def _in_order(value: tuple[float, float]) -> tuple[float, float]:
    if value[0] > value[1]:
        raise ValueError("must be one limit, or the least and the greatest that it may have, in this order")
    return value


Limit = Annotated[tuple[Share, Share], BeforeValidator(_both_ends), AfterValidator(_in_order)]
"""A limit, or the least and the greatest value that it may have: each video's own faces then decide between them."""


class QualityParams(Params):
    """The rules, in the order in which they are tried, and how many faces of a track are marked as its best.

    A limit is one number, or the least and the greatest that it may be: the faces of each video decide between them.
    """

    weights: Path = Field(description="Folder of the net that measures blur.")
    min_size_px: int = Field(ge=1, le=4096, description="Shorter side of the face box [px].")
    max_blur: Limit = Field(description="Radius of the blur over the face's width.")
    min_luma: Limit = Field(description="Mean brightness of the face.")
    max_luma: Limit = Field(description="Mean brightness of the face.")
    min_contrast: Limit = Field(description="Standard deviation of its brightness.")
    max_clipped: Limit = Field(description="Share of its pixels at the ends of the range.")
    max_truncation: Limit = Field(description="Share of the head outside the frame.")
    max_occlusion: Limit = Field(description="Share of the face under faces and heads of others.")
    max_yaw: float = Field(
        ge=0, le=90, description="Turn of the head to either side, 0 from the front, 90 in profile [degrees]."
    )
    max_pitch: float = Field(ge=0, le=90, description="Nod of the head up or down [degrees].")
    max_roll: float = Field(ge=0, le=180, description="Tilt of the head to either side [degrees].")
    deviations: float = Field(
        gt=0, le=20, description="A video's own limit lies so many robust standard deviations from its faces' median."
    )
    best_per_track: int = Field(ge=1, le=1000, description="Faces of a track that are marked as its best.")

    @model_validator(mode="after")
    def _some_luma_is_allowed(self) -> "QualityParams":
        if self.min_luma[1] > self.max_luma[0]:
            raise ValueError(
                f"min_luma {self.min_luma[1]} is above max_luma {self.max_luma[0]}, so no face would be kept"
            )
        return self
