"""Votes: the step of a run that a person chose, which counts for more than the choice of the score."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from dramatis.core.digests import tree_digest
from dramatis.core.errors import MissingError
from dramatis.core.params import Key, Name, Params, validate
from dramatis.core.rewrite import rewrite
from dramatis.core.yaml_edit import with_value_at, without_key
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


def write_vote(file: Path, run: str, checkpoint: Path, why: str = "") -> Vote:
    """Writes a person's vote for a step of a run, in place of an earlier one.

    Args:
        file: of all votes; the rest of it stays as it is.
        run: name of the run.
        checkpoint: folder of the step, `…/step-<n>`.
        why: what the person saw.

    Raises:
        MissingError: that step is not there.
        ParameterError: the file is at fault.
    """
    if not checkpoint.is_dir():
        raise MissingError(
            str(checkpoint), "there is no such checkpoint", f"Run `dvc repro train@{run}`, or name another"
        )
    said = {"step": int(checkpoint.name.removeprefix("step-")), "checkpoint": checkpoint_digest(checkpoint)}
    entry = said | ({"why": " ".join(why.split())} if why.strip() else {})
    return votes_in(_changed(file, lambda text: with_value_at(text, (run,), entry)), file.name)[run]


def remove_vote(file: Path, run: str) -> None:
    """Takes the vote for a run out: the score's choice counts again.

    Raises:
        ParameterError: the file is at fault.
    """
    _changed(file, lambda text: without_key(text, (run,)))


def _changed(file: Path, change: Callable[[str], str]) -> str:
    """The text of the file of votes after a change; one that is not sound, before or after, is left alone."""

    def checked(before: str) -> str:
        votes_in(before, file.name)
        after = change(before)
        votes_in(after, file.name)
        return after

    return rewrite(file, checked)


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
