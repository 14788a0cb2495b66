"""Parameters of stage `composite`."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from dramatis.core.params import Key, Params


def _different(group: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(group)) < len(group):
        raise ValueError("must name nobody twice")
    return group


Group = Annotated[tuple[Key, ...], Field(min_length=2, max_length=3), AfterValidator(_different)]


class CompositeParams(Params):
    """Several characters of the training crops in one picture, so that a model learns to keep them apart.

    Each of them is as often on the left as on the right. The recipe R2 joined pairs of three characters.
    """

    seed: int = Field(ge=0, description="Seed of the draws.")
    people: tuple[Literal[2, 3], ...] = Field(
        description="Numbers of characters in a picture; all groups of so many are made. [] makes none."
    )
    groups: tuple[Group, ...] | None = Field(
        description="Only these groups, such as [[ada, bela], [ada, cyrus]]; null for all of the sizes in `people`."
    )
    per_group: int = Field(ge=0, le=10_000, description="Pictures of each group; 0 makes none.")
    total: int | None = Field(
        ge=0, description="Most pictures altogether, spread evenly over the groups; null for no limit."
    )
    stages: tuple[Literal["full", "upper", "head"], ...] = Field(
        min_length=1, description="Stages of the crops; one picture has crops of one stage only, taken in turns."
    )
    cutout_share: float = Field(
        ge=0,
        le=1,
        description="Share of the pictures from stages full and upper whose figures are cut out and set before another "
        "background. Where that fails, the crops are joined side by side.",
    )
    max_face_ratio: float = Field(
        ge=1, le=3, description="Crops are joined if, at equal height, their faces differ in height by no more."
    )
    min_face_px: int = Field(ge=1, description="Least height of a face in a crop that is used [px].")
    max_side_px: int = Field(ge=64, le=8192, description="Longest side of a picture [px]; larger ones are reduced.")
    gap: float = Field(ge=0, le=0.5, description="Grey gap between joined crops, as a share of their height.")
    seam: float = Field(
        ge=0, le=0.3, description="Width over which joined crops fade into each other, as a share of their height."
    )

    @model_validator(mode="after")
    def _one_seam(self) -> "CompositeParams":
        if self.gap and self.seam:
            raise ValueError(f"gap = {self.gap} and seam = {self.seam}: only one of them may be above 0")
        return self
