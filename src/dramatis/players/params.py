"""Parameters of stage `players`."""

from pydantic import Field

from dramatis.core.params import Params, RunKey


class PlayersParams(Params):
    """Who draws stories, beside the runs that they name."""

    pose_run: RunKey | None = Field(description="Run of method controlnet that looks at `stories.<story>.poses`.")
