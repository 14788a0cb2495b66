"""Parameters of stage `dataset`."""

from typing import Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveInt

from dramatis.core.params import Key, Params

Stage = Literal["full", "upper", "head"]


class Sets(Params):
    """What the pictures of each configuration are multiplied by."""

    characters: NonNegativeFloat = Field(description="Crops and their variants.")
    scenes: NonNegativeFloat = Field(description="Whole frames.")
    composites: NonNegativeFloat = Field(description="Several characters joined in a picture.")
    control: NonNegativeFloat = Field(description="Crops with control images: for another training, never mixed in.")


class Multipliers(Params):
    """How often each training picture is seen in an epoch; docs/multipliers.md shows a show of 50 characters."""

    scheme: Literal["balanced", "per_subject", "hierarchical"] = Field(
        description="balanced: every character as often as every other, a picture once on average. per_subject: of "
        "each character so many as `per_subject` says. hierarchical: by weights down the tree of configuration, "
        "character and stage, the rarest picture once."
    )
    stages: dict[Stage, NonNegativeFloat] = Field(
        description="How much a picture of each stage counts against others of its character; not named: not at all. "
        "Scheme hierarchical: how much the stage itself counts, however many pictures it has."
    )
    characters: dict[Key, NonNegativeFloat] = Field(
        description="What the pictures of a character are multiplied by; not named: 1. Scheme hierarchical: its weight "
        "in the tree."
    )
    sets: Sets = Field(
        description="Multiplies what the scheme says; scenes, composites and control images are seen once before that. "
        "Scheme hierarchical: weights of the first level, but for control, which stands outside the tree."
    )
    per_subject: dict[PositiveInt, NonNegativeFloat] = Field(
        description="Scheme per_subject: by the least number of a character's pictures, how many are seen in an epoch."
    )
    largest: float = Field(
        gt=0,
        description="Largest multiplier that a scheme gives a picture: rare ones do not repeat to death.",
    )


class DatasetParams(Params):
    """How pictures are weighted and sorted into buckets, and what the card says."""

    multipliers: Multipliers = Field(description="How often each training picture is seen in an epoch.")
    resolution_px: PositiveInt = Field(description="Side of the square of which no bucket has more area [px].")
    bucket_step_px: PositiveInt = Field(description="The sides of buckets are multiples of this [px].")
    bucket_sides_px: tuple[PositiveInt, PositiveInt] = Field(description="Shortest and longest side of a bucket [px].")
    min_bucket: NonNegativeInt = Field(
        description="Least training pictures of a bucket; those of a smaller one move to the next nearest, and the log "
        "and the card say so. At least `train.batch_size`, or a step repeats pictures."
    )
    license: str | None = Field(description="Licence of the pictures for the card, an SPDX id; null says nothing.")
    people: Literal["real", "drawn"] | None = Field(
        description="Whether the pictures show real people: the card then carries a notice. null: nobody said."
    )
