"""What stage `players` writes: a JSON file for each story."""

from pathlib import Path

from dramatis.core.params import Params, validate
from dramatis.core.tables import read_json
from dramatis.core.trained import Trained


class Source(Params):
    """The chosen checkpoint of a run."""

    run: str
    step: int
    checkpoint: str
    """SHA-256 of its weights."""
    base: str
    clip_skip: int | None
    family: str
    """`sd` or `sdxl`."""
    trained: Trained
    recscores: dict[str, float]
    """RecScore at that step of each character whom it draws."""


class Players(Params):
    """What draws a story."""

    cast: dict[str, Source]
    """Of each character."""
    base: Source
    """Whose base draws what shows nobody."""
    pose: Source | None
    """What looks at control pictures; null where no pose is asked for."""


def read_players(file: Path, name: str) -> Players:
    """What draws a story.

    Args:
        file: that the stage wrote.
        name: of the story.

    Raises:
        MissingError: it did not.
        ParameterError: the file is damaged.
    """
    return validate(read_json(file, f"players@{name}"), Players, str(file))
