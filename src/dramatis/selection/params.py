"""Parameters of stage `selection`."""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveInt, model_validator

from dramatis.core.params import Key, Params

Size = Literal["few_shot", "tiny", "small", "medium", "large", "massive"]
Trait = Literal["identity", "yaw", "light", "outfit", "distance", "shot", "stage"]
Goal = Literal["close", "medium", "full", "profile"]
Share = Annotated[float, Field(ge=0, le=1)]


class Amounts(Params):
    """How much is held out and how much is taken of one character."""

    validation_share: float = Field(
        ge=0, le=0.5, description="Share of a character's pictures to hold out, about: whole shots are held out."
    )
    validation_min: NonNegativeInt = Field(
        description="Least pictures of a character to hold out. Where this and `validation_share` are 0, as for "
        "few-shot characters, no shot with the character is held out at all."
    )
    validation_pictures: PositiveInt | None = Field(
        description="Most pictures of a character to hold out; what else its held-out shots show is left out. "
        "null: no limit."
    )
    max_pictures: PositiveInt | None = Field(
        description="Most pictures (crops) of a character to train with, those that differ most; null: no limit."
    )
    max_per_shot: PositiveInt | None = Field(
        description="Most pictures of one stage of a character from one shot, those that differ most; null: no limit."
    )


class OtherAmounts(Params):
    """What a size class has otherwise; a key that is not given is as in `selection` itself."""

    validation_share: float = Field(default=0.0, ge=0, le=0.5)
    validation_min: NonNegativeInt = 0
    validation_pictures: PositiveInt | None = None
    max_pictures: PositiveInt | None = None
    max_per_shot: PositiveInt | None = None


class DistanceParams(Params):
    """Where close, medium and full part, as the face's height (brow to chin) over that of the picture [0..1]."""

    close: float = Field(gt=0, lt=1, description="From here on a picture is close. Adults: 0.33.")
    full: float = Field(
        gt=0,
        lt=1,
        description="Up to here a crop of stage full, that the frame does not cut off, shows the whole figure. "
        "Adults: 0.16.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.full >= self.close:
            raise ValueError(f"full ({self.full:g}) must be below close ({self.close:g})")
        return self


class SelectionParams(Amounts):
    """Which pictures are taken, and which of them are held out."""

    seed: int = Field(ge=0, description="Seed of the order in which shots are tried for validation.")
    validation_by: Literal["shot", "video"] = Field(
        description="shot: whole shots are held out; video: whole videos, so that nothing of them is trained on."
    )
    validation_videos: list[Key] = Field(
        description="Videos that are held out whatever the share; what copies them elsewhere goes with them."
    )
    validation_characters: PositiveInt | None = Field(
        description="Only so many characters, those with most pictures, have pictures held out for their sake; "
        "null: all."
    )
    classes: dict[Size, OtherAmounts] = Field(
        description="What characters of a size class have otherwise: any of `validation_share`, `validation_min`, "
        "`validation_pictures`, `max_pictures`, `max_per_shot`. The classes by pictures before cropping (v1.4): "
        "few_shot up to 5, tiny 20, small 60, medium 150, large 350, massive above."
    )
    leak_distance: int = Field(
        ge=0,
        le=32,
        description="A training picture, crop or scene, that differs from a held-out one in no more than so many bits "
        "of the perceptual hash [0..64] is left out.",
    )
    leak_same_distance: int = Field(
        ge=0,
        le=32,
        description="Likewise, where both show the same character and their identity vectors are nearly equal…",
    )
    leak_difference: NonNegativeFloat = Field(
        description="…which means: they differ by no more than this [thresholds of the embedder]. Measured: 0.05 for "
        "drawn films, 0.15 for real faces (docs/selection.md).",
    )
    skip_copies: bool = Field(
        description="True: a picture from a frame that copies one of an earlier source (stage repeats), which already "
        "gives the same stage of the same character, is left out."
    )
    spread: dict[Trait, NonNegativeFloat] = Field(
        description="How much each trait counts in how far two pictures differ; not named: not at all."
    )
    distance: DistanceParams
    yaw: tuple[float, float] = Field(
        description="Turn of a head up to which it is front, and from which it is profile; three_quarter between "
        "[degrees]."
    )
    luma: tuple[float, float] = Field(
        description="Brightness of a face below which a picture is dark, and above which it is bright [0..1]."
    )
    goals: dict[Goal, Share] = Field(
        description="Share of a character's training pictures that should be of a kind [0..1]; less than half of it "
        "is worth a word of advice."
    )

    @model_validator(mode="after")
    def _pairs_ordered(self) -> Self:
        for name in ("yaw", "luma"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name}: the first of [{low:g}, {high:g}] must not be above the second")
        if not sum(self.spread.values()):
            raise ValueError("spread: at least one trait must count")
        return self

    def amounts(self, size: str) -> Amounts:
        """What holds for a character of a size class."""
        own = {name: getattr(self, name) for name in Amounts.model_fields}
        others: dict[str, OtherAmounts] = dict(self.classes.items())
        other = others.get(size)
        return Amounts(**own | (other.model_dump(exclude_unset=True) if other else {}))
