"""Parameters of stage `crops`."""

from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from dramatis.core.params import Params

Stage = Literal["full", "upper", "head"]
Kind = Literal["head", "halfbody", "person"]


class ScenesParams(Params):
    """Whole frames beside the crops: those with named people, and some with nobody of the cast as class pictures."""

    per_shot: NonNegativeInt = Field(
        description="Frames with named people from one shot: the one with most names and the best faces, then those "
        "that look least like it."
    )
    nobody_per_shot: NonNegativeInt = Field(
        description="Frames with nobody of the cast from one shot in which nobody is named, the sharpest first."
    )
    nobody_per_video: NonNegativeInt = Field(
        description="Frames with nobody of the cast from one video, evenly spread over it."
    )


class CropsParams(Params):
    """What is cut and what is left out. deepghs' v1.4 process has min_side_px 180, min_root_area_px 360, package_px
    480, longest_short_px 1200, max_share 0.5 and head_margin 1.5."""

    head_margin: float = Field(
        ge=1, le=4, description="Side of the head crop, in longer sides of the head box (deepghs' v1.4: 1.5)."
    )
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
    proportions: dict[Kind, tuple[float, float, float]] = Field(
        description="A box that was not detected, about the face box: what is added on each side [face widths], above "
        "and below [face heights]. Adults: head 0.3 0.35 0.1, halfbody 1.4 0.35 3.0, person 1.8 0.35 8.0."
    )
    min_side_px: PositiveInt = Field(description="Least shorter side of a crop [px] (deepghs' v1.4: 180).")
    min_root_area_px: NonNegativeInt = Field(
        description="Least square root of a crop's area [px] (deepghs' v1.4: 360)."
    )
    package_px: NonNegativeInt = Field(
        description="A crop whose square root of the area is below this is marked `small` [px] (deepghs' v1.4: 480)."
    )
    longest_short_px: PositiveInt | None = Field(
        description="Longest shorter side: a larger crop or scene is scaled down to it [px] (deepghs' v1.4: 1200); "
        "null: nothing is. Nothing is ever enlarged."
    )
    others: dict[Stage, Literal["name", "blur", "inpaint", "refuse"]] = Field(
        description="What becomes of other people in a crop of a stage. name: they stay, and the caption names them. "
        "blur, inpaint: they are painted over, by themselves out of focus or by what is around them, unless their "
        "face is entwined with the character's own. refuse: no crop is made (rule `others`). A stage not named: name."
    )
    max_people: dict[Stage, PositiveInt] = Field(
        description="Most people who can be seen in a crop of a stage, the character included and who was painted over "
        "left out; a stage not named may hold any number."
    )
    min_distance: int = Field(
        ge=0,
        le=32,
        description="Bits of the perceptual hash [0..64] in which two crops of a track must differ, as they were cut, "
        "and two scenes of a shot.",
    )
    max_per_track: PositiveInt = Field(
        description="Crops of one stage from one track: the sharpest, then those that differ most from what was taken, "
        "in identity vector, turn of the head, light and distance."
    )
    cut_subtitles: bool = Field(
        description="Subtitles that are part of the picture are looked for, and crops and scenes cut clear of them."
    )
    scenes: ScenesParams
