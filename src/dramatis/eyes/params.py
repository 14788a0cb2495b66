"""How pictures are shown to the models that look at them."""

from pydantic import ConfigDict, Field

from dramatis.core.params import Params


class SightParams(Params):
    """The keys of section `score` that say how a picture is looked at."""

    view_px: int = Field(
        ge=32, le=2048, description="A picture whose longer side is shorter is enlarged to it before detection [px]."
    )
    paper_px: int = Field(
        ge=32, le=4096, description="Side of the grey paper behind it, so that a head is no larger than in a film [px]."
    )
    min_face_px: int = Field(ge=1, description="Smaller faces in the enlarged picture do not count [px].")
    min_second: float = Field(
        ge=0, le=1, description="A second figure counts from this share of the first one's size on."
    )
    seam: float = Field(gt=0, le=1, description="Share of the height from which a straight upright edge is a seam.")
    min_tag_score: float = Field(ge=0, le=1, description="Probability from which a wanted tag counts as read.")


class SightChoice(SightParams):
    """The same for stages that look beside `score`, which checks the rest."""

    model_config = ConfigDict(frozen=True, extra="ignore")
