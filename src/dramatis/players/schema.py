"""What stage `players` writes: a JSON file for each story."""

from collections.abc import Mapping
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
    recscore: float | None
    """At that step, of the character whom it plays; null if it plays nobody, or was not scored by that."""


def recscores_of(cast: Mapping[str, Source]) -> dict[str, float]:
    """RecScore of each character, where the run was scored by it."""
    return {name: source.recscore for name, source in cast.items() if source.recscore is not None}


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
