"""Parameters of stage `score`."""

from pathlib import Path

from pydantic import Field

from dramatis.core.params import Params


class ScoreParams(Params):
    """How checkpoints are judged and the best of them is chosen."""

    seed: int = Field(ge=0, description="Seed of the bootstrap.")
    view_px: int = Field(
        ge=32, le=2048, description="A picture whose longer side is shorter is enlarged to it before detection [px]."
    )
    paper_px: int = Field(
        ge=32, le=4096, description="Side of the grey paper behind it, so that a head is no larger than in a film [px]."
    )
    min_face_px: int = Field(ge=1, description="Smaller faces in the enlarged picture do not count [px].")
    min_tag_score: float = Field(ge=0, le=1, description="Probability from which a wanted tag counts as read.")
    resamples: int = Field(ge=100, le=100_000, description="Resamples of the previews in the bootstrap.")
    confidence: float = Field(gt=0, lt=1, description="Share of the resamples that the interval holds.")
    max_control_loss: float = Field(ge=0, le=1, description="A step may lie so far below the bare base in control.")
    max_identified_loss: float = Field(ge=0, le=1, description="A step may lie so far below the best in `identified`.")
    tie_margin: float = Field(
        ge=0, le=1, description="Steps whose recscore lies so near the best, and cannot be told from it, tie with it."
    )
    second_opinion: Path = Field(
        description="Weights of another embedder of the same backend; `embed.weights` itself for no second opinion."
    )
