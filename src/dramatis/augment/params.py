"""Parameters of stage `augment`."""

from typing import Annotated

from pydantic import AfterValidator, Field

from dramatis.core.params import Params, Word


def _ordered(span: tuple[float, float]) -> tuple[float, float]:
    if span[0] > span[1]:
        raise ValueError(f"must be low, high; {span[0]} is above {span[1]}")
    return span


Ev = Annotated[float, Field(ge=-4, le=4)]
Contrast = Annotated[float, Field(gt=0, le=3)]


class AugmentParams(Params):
    """How far the light of a variant goes from that of its crop; each is drawn evenly from its span."""

    seed: int = Field(ge=0, description="Seed of the draws.")
    variants: int = Field(
        ge=0, le=8, description="Variants of each training crop; a series shot in the dark took four."
    )
    flips: bool = Field(
        description="One more picture of each training crop, left and right exchanged. Partings, scars and lettering "
        "change sides with it."
    )
    exposure_ev: Annotated[tuple[Ev, Ev], AfterValidator(_ordered)] = Field(
        description="Lowest and highest change of exposure [EV]; one EV doubles the light."
    )
    contrast: Annotated[tuple[Contrast, Contrast], AfterValidator(_ordered)] = Field(
        description="Lowest and highest contrast: stops about mid-grey are stretched by it; 1 changes nothing."
    )
    dark_ev: float = Field(le=0, description="A variant at or below this change [EV] gets the dark word.")
    bright_ev: float = Field(ge=0, description="A variant at or above this change [EV] gets the bright word.")
    dark_word: Word | None = Field(description="Word for a dark variant; null for none.")
    bright_word: Word | None = Field(description="Word for a bright variant; null for none.")
