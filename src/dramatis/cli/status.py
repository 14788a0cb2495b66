"""One screen: which stages stand, which are stale and why, and the last scores."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dramatis.cli.look import FAILED, plain, print_json, show, table
from dramatis.core.errors import MissingError, ParameterError
from dramatis.state.changes import Changes, locked
from dramatis.state.dvc import opened
from dramatis.state.hashes import UnsureError
from dramatis.state.memory import Memory
from dramatis.state.plan import Group, load_plan
from dramatis.state.reasons import reason
from dramatis.state.yaml12 import load

if TYPE_CHECKING:
    from rich.table import Table

PARAMS, DECISIONS = Path("params.yaml"), Path("cast.yaml")
SCORES = {
    "frames": ("shots_covered", "duplicates_kept"),
    "detect": ("face_recall", "face_precision"),
    "quality": ("blur_auc", "flagged_of_sharp"),
    "cluster": ("ari", "strangers_merged"),
    "cast": ("naming_precision", "naming_recall"),
    "outfit": ("ari", "changers_ari", "false"),
}
"""Figures of `metrics/<stage>.json` that fit on one screen."""

RUN_SCORES = (
    "best_step",
    "recscore",
    "recscore_low",
    "recscore_high",
    "base_recscore",
    "identified",
    "control",
    "copy_risk",
)
"""Figures of `metrics/score/<run>.json` that fit on one screen."""

NEVER = "never run"
NONE, STANDS, FOLLOWS, STALE, NOT_RUN = "none", "stands", "may follow", "stale", "not run"
COLOURS = {NONE: "dim", STANDS: "green", FOLLOWS: "cyan", STALE: "yellow", NOT_RUN: "dim"}


class State(NamedTuple):
    """How a stage stands.

    Attributes:
        name: of the stage.
        state: `stands`; `stale` or `not run`, if some of its items are; `may follow`, if what it needs is; `none`.
        items: how many it stands for.
        stale: those that differ from the last run, and the first reason of each.
        after: stages that it needs and that do not stand.
    """

    name: str
    state: str
    items: int
    stale: dict[str, str]
    after: list[str]

    @property
    def why(self) -> str:
        """Why it does not stand, in words."""
        if self.state == NONE:
            return "no such item in params.yaml"
        if self.state == STALE:
            keys = ", ".join(name.split("@")[1] for name in self.stale if "@" in name)
            first = next(reason for reason in self.stale.values() if reason != NEVER)
            return " ".join(filter(None, [f"{keys}:" if keys else "", first]))
        return f"after {', '.join(sorted(self.after))}" if self.state == FOLLOWS else ""

    @property
    def said(self) -> str:
        """The state, with the number of stale items where there are several."""
        return f"{self.state} {len(self.stale)} of {self.items}" if self.stale and self.items > 1 else self.state


def show_status(as_json: bool = False, exit_code: bool = False, ask_dvc: bool = False) -> None:
    """Prints the state of every stage, the last scores, and the decisions that wait.

    Args:
        as_json: prints a JSON document.
        exit_code: ends with 1 if a stage does not stand.
        ask_dvc: lets DVC itself say what differs, which takes seconds.
    """
    memory = Memory()
    params, plan = _params(), load_plan(memory)
    states = states_of(plan, find_changes(plan, memory, ask_dvc))
    waits = {stage: waiting(Path("data") / stage / "unmet.parquet", DECISIONS, memory) for stage in ("cast", "outfits")}
    memory.save()
    if as_json:
        print_json(document(states, params, waits))
    else:
        show(state_table(states), *score_tables(Path("metrics"), params))
        show(*(waiting_table(rows, DECISIONS) for rows in waits.values() if rows))
    if exit_code and any(state.state not in (STANDS, NONE) for state in states):
        raise SystemExit(FAILED)


def _params() -> dict[str, Any]:
    if not PARAMS.is_file():
        raise MissingError(str(PARAMS), "there is no such file", "Run this in the project's top folder")
    params = load(PARAMS)
    if not isinstance(params, dict):
        raise ParameterError(str(PARAMS), "it holds no sections", "Write `<section>:` with its keys below, see docs/")
    return params


def document(
    states: list[State], params: Mapping[str, Any], waits: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    """What a script gets."""
    stages = [
        {
            "name": one.name,
            "state": one.state,
            "items": one.items,
            "why": one.why,
            "stale": one.stale,
            "after": one.after,
        }
        for one in states
    ]
    scores, runs = scores_of(Path("metrics"), params)
    rows = [{"decision": row["decision"], "reason": row["reason"]} for some in waits.values() for row in some]
    return {"stages": stages, "scores": scores, "runs": runs, "waits": rows}


def waiting(unmet: Path, decisions: Path, memory: Memory) -> list[dict[str, Any]]:
    """The decisions that a stage could not apply when it last ran and that still stand."""
    if not unmet.is_file() or not decisions.is_file():
        return []
    rows = memory.of("rows", unmet, _read_unmet)
    if not rows:
        return []
    from dramatis.cast.decisions import read_decisions

    said = read_decisions(decisions)
    return [row for row in rows if row["key"] in getattr(said, row["section"])]


def _read_unmet(file: Path) -> list[dict[str, Any]]:
    from dramatis.core.tables import read_rows  # takes a quarter of a second

    return read_rows(file, "cast")


def waiting_table(rows: list[dict[str, Any]], decisions: Path) -> "Table":
    """A row for each decision that waits."""
    made = table(f"waits in {decisions.name}", "why")
    for row in rows:
        made.add_row(plain(row["decision"]), plain(row["reason"]))
    return made


def find_changes(plan: list[Group], memory: Memory, ask_dvc: bool = False) -> dict[str, str]:
    """What differs from the last run, by stage such as `frames@e01`: the first reason, in words; none if it stands."""
    names = {name for group in plan for name in group.items}
    try:
        changes = Changes(memory)
        found = {} if ask_dvc else changes.all(plan)
        never = changes.never_run(plan)
    except UnsureError:
        ask_dvc, never = True, _not_locked(plan)
    if ask_dvc:
        found = {name: entries for name, entries in asked_of_dvc().items() if name in names}
    return {name: NEVER if name in never else reason(entries) for name, entries in found.items()}


def _not_locked(plan: list[Group]) -> set[str]:
    return {name for group in plan for name in group.items} - locked(plan).keys()


def asked_of_dvc() -> dict[str, list[Any]]:
    """What `dvc status` says, by stage.

    Raises:
        MissingError: there is no project of DVC here.
        InputError: DVC cannot say it.
    """
    with opened("dvc status") as repo:
        return {address.split(":")[-1]: entries for address, entries in repo.status().items()}


def states_of(plan: list[Group], changes: Mapping[str, str]) -> list[State]:
    """How each stage stands, in their order."""
    shaky: set[str] = set()
    states = []
    for group in plan:
        stale = {name: changes[name] for name in group.items if name in changes}
        after = [other for other in group.needs if other in shaky]
        if stale or after:
            shaky.add(group.name)
        never = all(reason == NEVER for reason in stale.values())
        state = NONE if not group.items else FOLLOWS if after and not stale else STANDS
        if group.items and stale:
            state = NOT_RUN if never else STALE
        states.append(State(group.name, state, len(group.items), stale, after))
    return states


def state_table(states: list[State]) -> "Table":
    """A row for each stage: how many of its items stand, and why the others do not."""
    made = table("stage", "state", "why")
    for one in states:
        colour = COLOURS[one.state]
        made.add_row(one.name, f"[{colour}]{one.said}[/{colour}]", plain(one.why))
    return made


def scores_of(metrics: Path, params: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The last scores: of the stages against the truth of the sample film, if there is one, and of the runs."""
    stages = {stage: _read(metrics / f"{stage}.json") for stage in SCORES if (params.get("film") or {}).get("titles")}
    runs = {run: _read(metrics / f"score/{run}.json") for run in params.get("runs") or ()}
    return (
        {
            stage: {name: found[name] for name in SCORES[stage] if name in found}
            for stage, found in stages.items()
            if found
        },
        {run: {name: found.get(name) for name in RUN_SCORES} for run, found in runs.items() if found},
    )


def score_tables(metrics: Path, params: Mapping[str, Any]) -> list["Table"]:
    """The last scores as tables; those without any are left out."""
    of_stages, of_runs = scores_of(metrics, params)
    stages, runs = table("against the truth", ""), table("run", *(name.replace("_", " ") for name in RUN_SCORES))
    for stage, values in of_stages.items():
        stages.add_row(stage, " · ".join(f"{name} {_short(value)}" for name, value in values.items()))
    for run, values in of_runs.items():
        runs.add_row(run, *(_short(values[name]) for name in RUN_SCORES))
    return [one for one in (stages, runs) if one.row_count]


def _read(file: Path) -> dict[str, Any]:
    """The figures in a file; none if it is no JSON, since then its stage is shown as stale."""
    try:
        found = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return "–".join(map(_short, value))
    return "" if value is None else str(value)
