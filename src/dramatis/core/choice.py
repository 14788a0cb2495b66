"""The step of a run that counts, and its figures: a person's choice where there is one, else the score's."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dramatis.core.params import validate
from dramatis.core.tables import read_json, read_rows
from dramatis.core.votes import Vote, chosen_step

Facts = Mapping[str, Any]
log = logging.getLogger(__name__)
OF_BEST = ("second", "pair", "forget")
"""Parts of a verdict that are about the best step alone."""


def read_choice(run: str, models: Path, score: Path, vote: Path | None) -> dict[str, Any]:
    """The verdict on a run, its `best_step` and figures those of the step that counts.

    Args:
        run: its name.
        models: folder of its checkpoints.
        score: verdict of stage `score`; the table of all steps lies beside it.
        vote: what stage `vote` wrote for the run; None, and null in it, leave the choice to the score.

    Raises:
        MissingError: one of these files is not there.
        ParameterError: the vote is not sound.
    """
    scored, said = read_json(score, f"score@{run}"), read_vote(vote)
    step = chosen_step(scored, said, models)
    if said and step != said.step:
        log.warning("%s: a person chose step %d, whose weights are others now; step %d counts", run, said.step, step)
    return with_choice(scored, said, step, score.parent / "steps.parquet")


def read_vote(file: Path | None) -> Vote | None:
    """What stage `vote` wrote for a run; of no file no vote.

    Raises:
        MissingError: it did not.
        ParameterError: the vote is not sound.
    """
    told = read_json(file, "vote") if file else None
    return validate(told, Vote, str(file)) if told else None


def vote_in(top: Path, run: str) -> Path | None:
    """Where the vote for a run of a project stands; None where stage `vote` never ran."""
    file = top / "data/votes" / f"{run}.json"
    return file if file.is_file() else None


def choice_in(top: Path, run: str) -> dict[str, Any]:
    """`read_choice` of a run of a project, whose top folder is `top`; the score's where stage `vote` never ran."""
    return read_choice(run, top / "models" / run, top / "data/scores" / run / "verdict.json", vote_in(top, run))


def with_choice(scored: Facts, vote: Vote | None, step: int, steps: Path) -> dict[str, Any]:
    """The verdict with the figures of the step that counts, and who chose it.

    Args:
        scored: verdict of stage `score`.
        vote: a person's; null for none.
        step: that counts: the person's if the vote holds, else the score's.
        steps: the table of all steps, which knows each character; read for another step than the best alone.

    Raises:
        MissingError: that table is not there.
    """
    if vote is None:
        return dict(scored)
    why = f": {vote.why}" if vote.why else ""
    if step != vote.step:
        return {**scored, "reason": f"{scored['reason']} A person chose step {vote.step}, whose weights have changed."}
    if step == scored["best_step"]:
        return {**scored, "reason": f"{scored['reason']} A person chose it too{why}."}
    reason = f"A person chose it{why}. The score would take step {scored['best_step']}."
    rows = read_rows(steps, f"score@{scored.get('run')}")
    whole = {key: value for key, value in scored.items() if key not in OF_BEST}
    found = scored["by_step"][f"step-{step:06d}"]
    people = {name: numbers_at(rows, name, step) for name in scored.get("by_character", {})}
    if "pair" in scored:
        of_pair = numbers_at(rows, "pair", step)
        whole["pair"] = {key: of_pair.get(key) for key in scored["pair"]}
    return {**whole, **found, "best_step": step, "reason": reason, "by_character": people}


def numbers_at(rows: Sequence[Facts], of: str, step: int) -> dict[str, Any]:
    """Every measure of a character, or of pairs, at a step with its interval, and the bare base's."""
    found: dict[str, Any] = {}
    for row in rows:
        if row["of"] == of and row["step"] == step:
            found[row["measure"]] = row["value"]
            found[f"{row['measure']}_interval"] = [row["low"], row["high"]]
        elif row["of"] == of and row["step"] == 0:
            found[f"base_{row['measure']}"] = row["value"]
    return {**found, "interval": found.get("recscore_interval")}
