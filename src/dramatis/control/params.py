"""Parameters of stage `control`."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from dramatis.core.params import Params

KINDS = ("canny", "landmarks", "pose")
"""Kinds of control images, in the order of the table."""
Kind = Literal["canny", "landmarks", "pose"]


def _each_once(kinds: list[str]) -> list[str]:
    if len(set(kinds)) < len(kinds):
        raise ValueError("must name each kind once")
    return kinds


class CannyParams(Params):
    """From which change of brightness on something is an edge."""

    low: int | None = Field(ge=1, description="Lower threshold of cv2.Canny; null: from the median of the picture.")
    high: int | None = Field(ge=1, description="Upper threshold; null together with `low`.")
    spread: float = Field(
        ge=0, lt=1, description="How far the thresholds lie from the median, as a share of it, when both are null."
    )

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high must both be numbers, or both null")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low must not be above high; {self.low} is above {self.high}")
        return self


class ControlParams(Params):
    """Which control images are drawn of a crop, how, and which faces are left out."""

    kinds: Annotated[list[Kind], AfterValidator(_each_once)] = Field(
        description="Kinds: landmarks (68 points), canny (edges), pose (boxes, and where heads look); may be empty."
    )
    draw: Literal["points", "lines", "both"] = Field(description="How landmarks are drawn.")
    colours: Literal["parts", "white"] = Field(
        description="Colours of landmarks: jaw, brows, nose, eyes and mouth each in its own, or all white."
    )
    line_width: float = Field(
        gt=0, le=0.1, description="Width of lines over the diagonal of the face or box they belong to; 1 px at least."
    )
    others: bool = Field(description="Also draw the other people of the crop, unless somebody in it was painted over.")
    min_confidence: float = Field(
        ge=0, le=1, description="Mean confidence of the points below which a face is left out."
    )
    max_residual: float = Field(
        gt=0,
        le=2,
        description="Distance of the points from those of the mean face above which it is left out [distances of the "
        "eyes].",
    )
    min_inside: float = Field(
        ge=0, le=1, description="Share of the points that must lie inside the crop, or the face is left out."
    )
    segmentation: bool = Field(description="Also write which pixels belong to which part of a face, from its points.")
    canny: CannyParams
