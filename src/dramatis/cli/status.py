"""One screen: which stages stand, which are stale and why, and the last scores."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from dramatis.cast.decisions import FILE, read_decisions
from dramatis.cli.params import read_params
from dramatis.core.params import read_yaml
from dramatis.core.tables import read_rows
from dramatis.pipeline.graph import FILES, Stage, filled, load_stages, needed_by

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


def show_status() -> None:
    """Prints the state of every stage, the last scores, and the decisions that wait."""
    params = read_params()
    stages = load_stages()
    changes = find_changes()
    console = Console(highlight=False)
    console.print(state_table(stages, params, changes))
    for table in score_tables(Path("metrics"), params):
        console.print(table)
    for stage in ("cast", "outfits"):
        if waits := waiting_table(Path("data") / stage / "unmet.parquet", FILE):
            console.print(waits)


def waiting_table(unmet: Path, decisions: Path) -> Table | None:
    """The decisions that a stage could not apply when it last ran and that still stand; None without any."""
    if not unmet.is_file() or not decisions.is_file():
        return None
    said = read_decisions(decisions)
    rows = [row for row in read_rows(unmet, "cast") if row["key"] in getattr(said, row["section"])]
    table = Table(f"waits in {decisions.name}", "why", box=None, header_style="dim", pad_edge=False)
    for row in rows:
        table.add_row(row["decision"], row["reason"])
    return table if rows else None


def find_changes() -> dict[str, str]:
    """What differs from the last run, by stage such as `frames@e01`: the first reason, in words; none if it stands."""
    from dvc.repo import Repo  # takes half a second

    logging.getLogger("dvc").setLevel(logging.ERROR)
    with Repo() as repo:
        found = repo.status()
    changes = {address.split(":")[-1]: reason(entries) for address, entries in found.items()}
    locks = [file.with_suffix(".lock") for file in FILES]
    run_once = {name for lock in locks if lock.is_file() for name in read_yaml(lock)["stages"]}
    return {name: why if name in run_once else NEVER for name, why in changes.items()}


def reason(entries: list[Any]) -> str:
    """The most telling of DVC's changes to a stage, in words: code before parameters before data before outputs."""
    changed: dict[str, dict[str, Any]] = {"changed deps": {}, "changed outs": {}}
    for entry in entries:
        if isinstance(entry, str):
            return entry
        for kind, items in entry.items():
            changed[kind].update(items)
    deps, outs = changed["changed deps"], changed["changed outs"]
    if (
        deps
        and all(state == "new" or isinstance(state, Mapping) for state in deps.values())
        and "deleted" in outs.values()
    ):
        return NEVER
    params = [key for file in deps.values() if isinstance(file, Mapping) for key in file]
    code = [path for path, state in deps.items() if path.startswith(("src/", "stages/")) and state != "deleted"]
    data = [f"{path} {state}" for path, state in deps.items() if isinstance(state, str)]
    made = [f"{path} {state}" for path, state in outs.items()]
    return next(iter([*(f"{path} changed" for path in code), *(f"{key} changed" for key in params), *data, *made]), "")


def state_table(stages: list[Stage], params: Mapping[str, Any], changes: Mapping[str, str]) -> Table:
    """A row for each stage: how many of its items stand, and why the others do not."""
    needs = needed_by(stages, params)
    shaky: set[str] = set()
    table = Table("stage", "state", "why", box=None, header_style="dim", pad_edge=False)
    for stage in stages:
        items = [item.name for item in filled([stage], params)]
        stale = [name for name in items if name in changes]
        waits = [other for other in needs[stage.name] if other in shaky]
        if stale or waits:
            shaky.add(stage.name)
        table.add_row(stage.name, *_state(items, stale, waits, changes))
    return table


def _state(items: list[str], stale: list[str], waits: list[str], changes: Mapping[str, str]) -> tuple[str, str]:
    if not items:
        return "[dim]none[/dim]", "no such item in params.yaml"
    if stale:
        never = all(changes[name] == NEVER for name in stale)
        keys = ", ".join(name.split("@")[1] for name in stale if "@" in name)
        many = f" {len(stale)} of {len(items)}" if len(items) > 1 else ""
        why = "" if never else " ".join(filter(None, [f"{keys}:" if keys else "", changes[stale[0]]]))
        return (f"[dim]not run{many}[/dim]" if never else f"[yellow]stale{many}[/yellow]"), why
    if waits:
        return "[cyan]may follow[/cyan]", f"after {', '.join(sorted(waits))}"
    return "[green]stands[/green]", ""


def score_tables(metrics: Path, params: Mapping[str, Any]) -> list[Table]:
    """The last scores: of the stages against the truth of the sample film, if there is one, and of the runs."""
    tables = []
    stages = Table("against the truth", "", box=None, header_style="dim", pad_edge=False)
    for stage, names in SCORES.items():
        values = _read(metrics / f"{stage}.json")
        if values and params["film"]["titles"]:
            stages.add_row(stage, " · ".join(f"{name} {_short(values[name])}" for name in names if name in values))
    runs = Table("run", *RUN_SCORES, box=None, header_style="dim", pad_edge=False)
    for run in params["runs"] or ():
        if values := _read(metrics / f"score/{run}.json"):
            runs.add_row(run, *(_short(values.get(name)) for name in RUN_SCORES))
    tables += [stages] if stages.row_count else []
    return tables + ([runs] if runs.row_count else [])


def _read(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text()) if file.is_file() else {}


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return "–".join(map(_short, value))
    return "" if value is None else str(value)
