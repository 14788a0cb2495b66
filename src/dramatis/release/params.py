"""Parameters of stage `release`."""

from pydantic import Field

from dramatis.core.params import Params


class ReleaseParams(Params):
    """What the model card says beyond the measured."""

    license: str | None = Field(description="Licence of the weights, an SPDX id; null says nothing.")
