"""Votes: the step of a run that a person chose, which counts for more than the choice of the score."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from dramatis.core.digests import tree_digest
from dramatis.core.params import Key, Name, Params, validate
from dramatis.core.yaml_lines import text_of, value_in

DIGITS = 16
"""Hex digits of a checkpoint's digest that a vote has."""
Digest = Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{{DIGITS}}}$")]


class Vote(Params):
    """What a person chose for one run."""

    step: int = Field(ge=1, description="Step that is to be taken.")
    checkpoint: Digest = Field(description="First 16 digits of the digest of its checkpoint, as the studio writes it.")
    why: Name | None = Field(None, description="What the person saw; null: unsaid.")


def checkpoint_digest(checkpoint: Path) -> str:
    """Digest of a checkpoint's folder that tells whether it is still the one that a person saw."""
    return tree_digest(checkpoint)[:DIGITS]


def votes_in(text: str, place: str) -> dict[str, Vote]:
    """The vote of each run that has one.

    Raises:
        ParameterError: the text is no YAML, or a vote is not sound.
    """
    return validate(value_in(text, place) or {}, dict[Key, Vote], place)


def read_votes(file: Path) -> dict[str, Vote]:
    """The votes of a file; none where there is no file.

    Raises:
        ParameterError: see `votes_in`.
    """
    return votes_in(text_of(file), str(file)) if file.is_file() else {}


def holds(vote: Vote | None, models: Path) -> bool:
    """True if the checkpoint that a person chose is still there, byte for byte.

    Args:
        vote: of the run; null for none.
        models: folder of the run's checkpoints.
    """
    checkpoint = models / f"step-{vote.step:06d}" if vote else None
    return bool(vote and checkpoint and checkpoint.is_dir() and checkpoint_digest(checkpoint) == vote.checkpoint)


def chosen_step(verdict: Mapping[str, Any], vote: Vote | None, models: Path) -> int:
    """The step of a run that counts: a person's where that vote holds, else the score's.

    Args:
        verdict: what stage score said of the run.
        vote, models: as for `holds`.
    """
    return vote.step if vote and holds(vote, models) else int(verdict["best_step"])
