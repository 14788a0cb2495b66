"""Parameters of stage `dataset`."""

from typing import Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveInt

from dramatis.core.params import Params


class DatasetParams(Params):
    """How pictures are held out, weighted and sorted into buckets."""

    seed: int = Field(ge=0, description="Seed of the order in which shots are tried for validation.")
    validation_share: float = Field(
        ge=0, le=0.5, description="Share of a character's pictures to hold out, by whole shots."
    )
    validation_min: NonNegativeInt = Field(description="Least pictures of a character to hold out.")
    leak_distance: int = Field(
        ge=0,
        le=32,
        description="A training picture that differs from a held-out one of the same character and stage in no more "
        "than so many bits of the perceptual hash [0..64] is left out.",
    )
    skip_copies: bool = Field(
        description="True: a picture from a frame that copies one of an earlier source (stage repeats), which already "
        "gives the same stage of the same character, is left out."
    )
    stage_weights: dict[Literal["full", "upper", "head"], NonNegativeFloat] = Field(
        description="How much a picture of each stage counts against others of its character; not named: not at all."
    )
    max_weight: float = Field(ge=1, description="Largest weight of a picture: rare ones do not repeat to death.")
    regularization_weight: NonNegativeFloat = Field(description="Weight of a regularization picture.")
    resolution_px: PositiveInt = Field(description="Side of the square of which no bucket has more area [px].")
    bucket_step_px: PositiveInt = Field(description="The sides of buckets are multiples of this [px].")
    bucket_sides_px: tuple[PositiveInt, PositiveInt] = Field(description="Shortest and longest side of a bucket [px].")
    license: str | None = Field(description="Licence of the pictures for the card, an SPDX id; null says nothing.")
