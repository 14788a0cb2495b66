"""`dramatis vote`: the step of a run that a person likes best."""

from pathlib import Path

import typer

from dramatis.cli.look import print_json
from dramatis.core.errors import ParameterError
from dramatis.core.params import load_params, read_params
from dramatis.core.votes import read_votes, remove_vote, write_vote
from dramatis.train.schema import checkpoint_name
from dramatis.vote.params import VoteParams


def vote_for(run: str | None, step: int | None, why: str, take_back: bool) -> None:
    """Writes a vote or takes one back; without a run prints all of them.

    Raises:
        ParameterError: there is no such run, a step and `take_back` do not go together, or the file is at fault.
        MissingError: the step is not there.
    """
    file = Path(load_params("vote", VoteParams).file)
    if run is None:
        print_json({name: vote.model_dump() for name, vote in read_votes(file).items()})
        return
    runs = list(read_params().get("runs") or {})
    if run not in runs:
        raise ParameterError(run, f"there is no such run, there are {', '.join(runs) or 'none'}", "Name one of these")
    if (step is None) != take_back:
        raise ParameterError("vote", "it takes a step, or --take-back", "Give one of the two")
    if step is None:
        remove_vote(file, run)
        typer.echo(f"{file}: {run} has no vote; the score's step counts")
        return
    vote = write_vote(file, run, Path("models") / run / checkpoint_name(step), why)
    typer.echo(f"{file}: {run}: step {vote.step}, checkpoint {vote.checkpoint}; now `dvc repro`")
