"""Parameters of the pocket blur net (`models/pocket/params.yaml`)."""

from pydantic import Field

from dramatis.pocket.params import LoopParams


class BlurParams(LoopParams):
    """The blur net: reads the radii of a blur off the gradients of a picture."""

    pictures: int = Field(ge=64, description="Blurred pictures to learn from.")
    widths: tuple[int, int] = Field(description="Numbers in its two hidden layers.")
    jitter: float = Field(ge=0, le=1, description="Noise added to the features in training [standard deviations].")
    tolerance: float = Field(gt=0, description="Error of a logarithm from which on it counts as itself, not squared.")
    held_out: int = Field(ge=16, description="Pictures of the measurement, from seeds that no training sees.")
