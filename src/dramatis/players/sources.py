"""The chosen checkpoints of runs: by vote, or else by score."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dramatis.core.choice import read_choice
from dramatis.core.digests import tree_digest
from dramatis.core.errors import InputError, MissingError
from dramatis.core.runs import Run
from dramatis.core.stories import LOOKS
from dramatis.core.tables import read_json
from dramatis.core.trained import trained_of
from dramatis.players.schema import Source
from dramatis.train.schema import RUN_FILE, checkpoint_name


class Place(NamedTuple):
    """Folders in which the runs of a project are."""

    models: Path
    scores: Path
    votes: Path


def source_of(run: str, runs: Mapping[str, Run], place: Place, plays: str | None = None) -> Source:
    """The checkpoint of a run that a person chose, or else stage `score`.

    Args:
        run: its name.
        runs: of params.yaml.
        place: where they are.
        plays: the character whom it is to draw; none: it is asked for its base, or for its look at poses.

    Raises:
        InputError: there is no such run.
        MissingError: it is not trained or not scored, or the chosen step is gone.
    """
    if run not in runs:
        raise InputError(f"runs.{run}", f"there is no such run; there are {', '.join(runs)}", "Mend params.yaml")
    folder = place.models / run
    record = read_json(folder / RUN_FILE, f"train@{run}")
    verdict = read_choice(run, folder, place.scores / run / "verdict.json", place.votes / f"{run}.json")
    step = verdict["best_step"]
    chosen = folder / checkpoint_name(step)
    if not chosen.is_dir():
        remedy = f"Run `dvc repro`: stages train@{run} to score@{run} make and choose it"
        raise MissingError(str(chosen), "the chosen step is not there", remedy)
    by_character = verdict.get("by_character") or dict.fromkeys(record["characters"], verdict)
    recscore = by_character.get(plays, {}).get("recscore")
    return Source(
        run=run,
        step=step,
        checkpoint=_digest(chosen),
        base=record["base"],
        clip_skip=record["clip_skip"],
        family=record.get("family", "sd"),
        trained=trained_of(record),
        recscore=None if recscore is None else round(recscore, 6),
    )


@cache
def _digest(folder: Path) -> str:
    return tree_digest(folder)


def sources_of(cast: Mapping[str, str], runs: Mapping[str, Run], place: Place, board: str) -> dict[str, Source]:
    """What draws each character of a storyboard.

    Args:
        cast: the run of each character.
        runs: of params.yaml.
        place: where they are.
        board: file of the cast, for messages.

    Raises:
        InputError: a run did not learn its character, or is no method that draws one; or the bases do not go together.
        MissingError: as `source_of` says.
    """
    sources = {name: source_of(run, runs, place, name) for name, run in cast.items()}
    for name, run in cast.items():
        known = sources[name].trained.triggers
        if name not in known:
            problem = f"{run} has not learned {name}, but {', '.join(known) or 'nobody'}"
            raise InputError(f"{board}: cast.{name}", problem, "Name a run that has, or mend `stories.<story>.runs`")
        if sources[name].trained.method == LOOKS:
            problem = f"{run} is of method {LOOKS}, which draws nobody by itself"
            raise InputError(f"{board}: cast.{name}", problem, "Name it as `players.pose_run`, and another run here")
    _check_together(list(sources.values()), board)
    return sources


def _check_together(sources: list[Source], board: str) -> None:
    """Refuses runs that cannot draw one picture."""
    for one in sources[1:]:
        first = sources[0]
        for what, a, b in (
            ("families", first.family, one.family),
            ("clip skips", first.clip_skip, one.clip_skip),
            ("noise schedules", first.trained.zero_terminal_snr, one.trained.zero_terminal_snr),
        ):
            if a != b:
                problem = f"{first.run} and {one.run} have bases of different {what} ({a}, {b})"
                raise InputError(board, problem, "Tell the story with runs that share a base")
