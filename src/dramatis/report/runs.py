"""The runs: the best step and why, scores with intervals, curves, pictures by step, and runs side by side."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dramatis.compare.load import LEFT_OUT, Compared, flattened
from dramatis.compare.page import curve_plots, score_table, settings_table
from dramatis.core.choice import choice_in
from dramatis.core.images import decode
from dramatis.core.tables import read_json
from dramatis.preview.grid import shown_steps
from dramatis.preview.show import column_name
from dramatis.report.coverage import Trace
from dramatis.report.html import Section, absent, not_yet, tag, text
from dramatis.report.origins import Origins, node
from dramatis.report.paint import uri

PROMPTS, ALL_PROMPTS, STEPS, SIDE_PX = 10, 60, 8, 128
"""Rows of the grid of a run, of all runs together; its columns; the longer side of a picture, at most."""
COLUMNS = ["preview_id", "step", "purpose", "prompt", "seed", "characters"]
MEASURES = ("recscore", "identified", "control", "copy_risk", "attributes")
"""Of a run, for scripts."""


def load(name: str, top: Path) -> Compared | None:
    """Verdict and settings of a run; None if it is not scored."""
    verdict, trained = top / "data/scores" / name / "verdict.json", top / "models" / name / "run.json"
    if not verdict.is_file() or not trained.is_file():
        return None
    settings = {key: value for key, value in read_json(trained, f"train@{name}").items() if key not in LEFT_OUT}
    return Compared(name, choice_in(top, name), flattened(settings), {}, {})


def runs(names: Sequence[str], top: Path, trace: Trace, origins: Origins) -> Section:
    """A part for each run: its verdict as far as it has one, and its pictures as far as they are drawn."""
    if not names:
        html = tag("p", "There is no run in params.yaml. How one is written: docs/training.md.", class_="absent")
        return Section("runs", "Runs", html, {})
    parts, data = [], {}
    most = max(min(PROMPTS, ALL_PROMPTS // len(names)), 1)
    for name in names:
        found = load(name, top)
        verdict = _verdict(found, len(names) == 1) if found else not_yet(f"score@{name}")
        parts.append(tag("h3", text(name)) + verdict + _grid(name, top, most, found, trace, origins))
        data[name] = _told(found) if found else None
    return Section("runs", "Runs", "".join(parts), data)


def comparison(names: Sequence[str], top: Path) -> Section:
    """The scored runs side by side."""
    found = [run for name in names if (run := load(name, top))]
    if not found:
        return absent("comparison", "Runs side by side", "score")
    if len(found) < 2:
        html = tag("p", text("One run is scored; a second one is seen beside it here."), class_="absent")
        return Section("comparison", "Runs side by side", html, None)
    words = " ".join(run.name for run in found)
    more = tag("p", "Their pictures side by side: ", tag("code", text(f"dramatis compare {words}")), class_="hint")
    parts = [
        tag("div", score_table(found), class_="wide", tabindex="0", role="region", aria_label="Scores of the runs"),
        curve_plots(found),
        tag("h3", "Settings that differ"),
        tag(
            "div", settings_table(found), class_="wide", tabindex="0", role="region", aria_label="Settings of the runs"
        ),
        more,
    ]
    return Section("comparison", "Runs side by side", "".join(parts), [run.name for run in found])


def _told(run: Compared) -> dict[str, Any]:
    keys = [key for measure in MEASURES for key in (measure, f"{measure}_interval", f"base_{measure}")]
    scores = {key: run.verdict[key] for key in keys if run.verdict.get(key) is not None}
    return {"best_step": run.verdict["best_step"], "reason": run.verdict["reason"], **scores}


def _verdict(run: Compared, alone: bool) -> str:
    """Why the best step is the best; all of its scores unfolded where there is no other run to see it beside."""
    settings = " · ".join(
        f"{key} {run.settings[key]}" for key in ("method", "base", "characters.0", "family") if key in run.settings
    )
    best = tag("p", tag("b", text(f"Best step: {run.verdict['best_step']}. ")), text(run.verdict["reason"]))
    scores = tag(
        "div", score_table([run]), class_="wide", tabindex="0", role="region", aria_label=f"Scores of {run.name}"
    )
    inside = tag("summary", "All scores and curves") + scores + curve_plots([run])
    return tag("p", text(settings), class_="soft") + best + f"<details{' open' * alone}>{inside}</details>"


def _grid(name: str, top: Path, most: int, run: Compared | None, trace: Trace, origins: Origins) -> str:
    file = top / "data/previews" / name / "previews.parquet"
    if not file.is_file():
        return not_yet(f"preview@{name}")
    rows = pq.read_table(file, columns=COLUMNS).to_pylist()
    steps = shown_steps(sorted({row["step"] for row in rows}), STEPS)
    firsts: dict[tuple[str, str], dict[int, dict[str, Any]]] = {}
    for row in rows:  # sorted by id: the first seed of a prompt comes first
        firsts.setdefault((row["purpose"], row["prompt"]), {}).setdefault(row["step"], row)
    chosen = _by_turns(list(firsts), most)
    ids = sorted(row["preview_id"] for key in chosen for step, row in firsts[key].items() if step in steps)
    table = pq.read_table(file, columns=["preview_id", "image"], filters=[("preview_id", "in", ids)]).to_pylist()
    images = {row["preview_id"]: row["image"] for row in table}
    above = {step: _made_from(step, rows, trace) for step in steps}
    best = run.verdict["best_step"] if run else None
    head = tag("th", "prompt", scope="col") + "".join(
        tag("th", text(column_name(step)), tag("small", " best") if step == best else "", scope="col") for step in steps
    )
    body = []
    for key in chosen:
        cells = [tag("th", text(key[1]), tag("small", text(f" {key[0]}")), scope="row")]
        for step in steps:
            row = firsts[key].get(step)
            cells.append(tag("td", _cell(row, images, above[step], origins) if row else "–"))
        body.append(tag("tr", *cells))
    label = f"Previews of {name}: prompts by steps"
    inside = tag("caption", text(f"The same prompts and seeds by step; {len(chosen)} of {len(firsts)} prompts"))
    grid = tag("table", inside, tag("thead", tag("tr", head)), tag("tbody", *body), class_="grid")
    return tag("div", grid, class_="wide", tabindex="0", role="region", aria_label=label)


def _by_turns(keys: Sequence[tuple[str, str]], most: int) -> list[tuple[str, str]]:
    """Prompts of every purpose by turns, then purpose by purpose."""
    order: dict[str, list[tuple[str, str]]] = {}
    for key in keys:
        order.setdefault(key[0], []).append(key)
    chosen: list[tuple[str, str]] = []
    while len(chosen) < most and any(order.values()):
        for left in order.values():
            if left and len(chosen) < most:
                chosen.append(left.pop(0))
    return sorted(chosen, key=keys.index)


def _made_from(step: int, rows: Sequence[dict[str, Any]], trace: Trace) -> list[dict[str, Any]]:
    """What all previews of a step were made from: checkpoint, run, dataset."""
    first = next((row for row in rows if row["step"] == step), None)
    return trace(first["preview_id"])["made_from"] if first else []


def _cell(row: dict[str, Any], images: dict[str, bytes], above: list[dict[str, Any]], origins: Origins) -> str:
    who = ", ".join(row["characters"]) or "nobody"
    tree = node("preview", f"{row['preview_id']} · {who} · “{row['prompt']}”, seed {row['seed']}", *above)
    key = origins.add(row["preview_id"], tree)
    words = f"{row['prompt']}, {column_name(row['step'])}"
    source = uri(decode(images[row["preview_id"]], row["preview_id"]), SIDE_PX)
    image = f'<img src="{source}" alt="{text(words)}">'
    return tag("button", image, type="button", data_from=key, aria_label=f"{words}: where it comes from")
