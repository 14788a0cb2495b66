"""Parameters of stage `release`."""

from pydantic import Field

from dramatis.core.params import Params


class ReleaseParams(Params):
    """What is released beside the weights, and what the model card says beyond the measured."""

    license: str | None = Field(
        description="Licence of the weights, an SPDX id; null: the card says that none is given."
    )
    single_file: bool = Field(
        False, description="Of dreambooth, and of runs with `fuse`: the whole pipeline as one file, too."
    )
