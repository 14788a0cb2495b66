"""Parameters of stage `score`."""

from pathlib import Path

from pydantic import Field

from dramatis.eyes.params import SightParams


class ScoreParams(SightParams):
    """How checkpoints are judged and the best of them is chosen."""

    seed: int = Field(ge=0, description="Seed of the bootstrap.")
    strangers: Path = Field(
        description="Other people, one picture each: a folder, or a table as `models/pocket/strangers.parquet`, which "
        "are drawn."
    )
    copy_pictures: int = Field(
        ge=1, le=1000, description="Training heads of a character, far apart, whose vectors previews are compared with."
    )
    clip: str | None = Field(description="CLIP model for the CLIP score: a folder or hub id. null: no such score.")
    resamples: int = Field(ge=100, le=100_000, description="Resamples of the previews in the bootstrap.")
    confidence: float = Field(gt=0, lt=1, description="Share of the resamples that the interval holds.")
    max_control_loss: float = Field(ge=0, le=1, description="A step may lie so far below the bare base in control.")
    max_identified_loss: float = Field(ge=0, le=1, description="A step may lie so far below the best in `identified`.")
    max_copy_risk: float = Field(ge=0, le=1, description="Highest copy risk of a step; 0.5 is no copying, 1 copies.")
    tie_margin: float = Field(
        ge=0, le=1, description="Steps whose recscore lies so near the best, and cannot be told from it, tie with it."
    )
    second_opinion: Path = Field(
        description="Weights of another embedder of the same backend; `embed.weights` itself for no second opinion."
    )
