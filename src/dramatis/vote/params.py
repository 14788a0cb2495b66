"""Parameters of stage `vote`."""

from pydantic import Field

from dramatis.core.params import Params


class VoteParams(Params):
    """Where people say which step is the best."""

    file: str = Field(min_length=1, description="File in git with a line for each run that somebody voted on.")
