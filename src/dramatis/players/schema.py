"""What stage `players` writes: a JSON file for each story."""

from dataclasses import dataclass
from pathlib import Path

from dramatis.core.params import validate
from dramatis.core.tables import read_json
from dramatis.core.trained import Trained


@dataclass(frozen=True)
class Source:
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
    """RecScore of each character of the run at that step."""


@dataclass(frozen=True)
class Players:
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
