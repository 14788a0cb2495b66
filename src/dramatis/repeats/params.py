"""Parameters of stage `repeats`."""

from pydantic import Field, PositiveInt

from dramatis.core.params import Params


class RepeatsParams(Params):
    """When two videos show the same part, and two frames the same picture."""

    max_distance: int = Field(
        ge=0, le=20, description="Bits of 64 in which fingerprints of the same moment of two videos may differ."
    )
    min_s: float = Field(ge=1, le=600, description="Shortest part that counts as repeated [s].")
    min_share: float = Field(gt=0, le=1, description="Least share of its fingerprints that agree.")
    min_pictures: PositiveInt = Field(
        description="Pictures unlike one another that it shows at least: one long look at the same place is no opening."
    )
    copy_distance: int = Field(
        ge=0,
        le=16,
        description="Bits of 64 in which the perceptual hash of a copy may differ; its picture is compared as well.",
    )
