"""Parameters of the pocket detector (`models/pocket/params.yaml`)."""

from typing import Annotated

from pydantic import Field

from dramatis.pocket.params import LoopParams

Side = Annotated[int, Field(ge=64, le=1280, multiple_of=32)]


class DetectorParams(LoopParams):
    """The detector: boxes of faces, heads, half bodies and people."""

    widths: tuple[int, int, int, int, int] = Field(description="Channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of the side.")
    neck_width: int = Field(ge=8, description="Channels where the levels meet, and of the heads.")
    canvases: tuple[tuple[Side, Side], ...] = Field(
        min_length=1, description="Widths and heights of the input; each step takes one [px]."
    )
    pictures: float = Field(ge=0, le=1, description="Share of single pictures, as drawn for or by a generator.")
    box_weight: float = Field(gt=0, description="Weight of the boxes' loss beside that of the classes.")
    held_out: int = Field(ge=16, description="Frames of the measurement, from seeds that no training sees.")
    min_score: float = Field(gt=0, lt=1, description="A box counts from this confidence on, in the measurement.")
