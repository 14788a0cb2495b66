"""Parameters of stage `crops`."""

from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from dramatis.core.params import Params

Stage = Literal["full", "upper", "head"]


class CropsParams(Params):
    """What is cut and what is left out. deepghs' v1.4 process has min_side_px 180, min_root_area_px 360."""

    head_margin: float = Field(ge=1, le=4, description="Side of the head crop, in longer sides of the head box.")
    max_aspect: float = Field(
        ge=1,
        description="Longer over shorter side of a crop; a longer box takes in more of the frame. 1 makes squares, "
        "for a base model of one square size; 2.2 is the range of common aspect buckets.",
    )
    max_share: float = Field(
        gt=0,
        le=1,
        description="Largest share of its parent's area at which a crop is cut beside it (deepghs' v1.4: 0.5).",
    )
    proportions: dict[Literal["head", "halfbody", "person"], tuple[float, float, float]] = Field(
        description="A box that was not detected, about the face box: what is added on each side [face widths], above "
        "and below [face heights]. Adults: head 0.3 0.35 0.1, halfbody 1.4 0.35 3.0, person 1.8 0.35 8.0."
    )
    min_side_px: PositiveInt = Field(description="Shorter side of the crop [px].")
    min_root_area_px: NonNegativeInt = Field(description="Square root of the crop's area [px].")
    max_people: dict[Stage, PositiveInt] = Field(
        description="Most people in a crop of a stage, the character included; a stage not named may hold any number."
    )
    min_distance: int = Field(
        ge=0, le=32, description="Bits of the perceptual hash [0..64] in which two crops of a track must differ."
    )
    max_per_track: PositiveInt = Field(description="Crops of one stage from one track, the sharpest first.")
