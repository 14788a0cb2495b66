"""Parameters of `dramatis publish`."""

from pydantic import Field

from dramatis.core.params import Params

SECTION = "publish"


class PublishParams(Params):
    """What something must reach before `dramatis publish` sends it; `--anyway` overrules it."""

    min_recscore: float = Field(0.6, ge=0, le=1, description="Least recscore of a model.")
    max_copy_risk: float = Field(
        0.85, ge=0, le=1, description="Greatest copy risk of a model; 0.5 copies nothing of its training pictures."
    )
    story_license: str | None = Field(
        None, min_length=1, description="Licence of the pictures of stories, an SPDX id; null: nobody said."
    )
