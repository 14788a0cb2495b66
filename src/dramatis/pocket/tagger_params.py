"""Parameters of the pocket tagger (`models/pocket/params.yaml`)."""

from pydantic import Field

from dramatis.pocket.params import LoopParams


class TaggerParams(LoopParams):
    """The tagger: says which of the renderer's tags a picture shows."""

    size_px: int = Field(ge=32, le=448, description="Side of its input [px].")
    widths: tuple[int, ...] = Field(min_length=2, description="Channels of each level.")
    blocks: tuple[int, ...] = Field(min_length=2, description="Residual blocks of each level.")
    generated_share: float = Field(ge=0, le=1, description="Share of the pictures that get a generator's softness.")
    held_out: int = Field(ge=16, description="Pictures of the measurement, from seeds that no training sees.")
    min_score: float = Field(gt=0, lt=1, description="A tag counts from this probability on, in the measurement.")
