"""Parameters of the pocket landmark model (`models/pocket/params.yaml`)."""

from pydantic import Field

from dramatis.pocket.params import LoopParams


class LandmarksParams(LoopParams):
    """The landmark model: 68 points of a drawn face."""

    pictures: int = Field(ge=64, description="Drawn faces to learn from.")
    size_px: int = Field(ge=32, le=256, multiple_of=16, description="Side of the input [px].")
    growth: float = Field(ge=1, le=3, description="Side of the square that it looks at over the face box.")
    widths: tuple[int, int, int, int] = Field(description="Channels at 1/2, 1/4, 1/8 and 1/16 of the side.")
    neck_width: int = Field(ge=8, description="Channels where the levels meet.")
    map_weight: float = Field(gt=0, description="Weight of the heatmaps' loss beside that of the places.")
    held_out: int = Field(ge=16, description="Faces of the measurement, from seeds that no training sees.")
