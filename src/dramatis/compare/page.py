"""The page of `dramatis compare`: one HTML file with everything inside it."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from itertools import combinations
from typing import Any

import numpy as np

from dramatis.compare.curves import COLOURS, Point, curves
from dramatis.compare.load import Compared, Place, differing
from dramatis.core.images import decode
from dramatis.eyes.tone import rmse

MEASURES = (
    "recscore", "gain", "identified", "identified_strangers", "difference", "attributes", "control", "control_change",
    "copy_risk", "copy_risk_identity", "diversity", "darkness_bias", "leaks", "leaks_negative", "faces", "clip",
    "pose_error", "style_gain", "style_distance",
)  # fmt: skip
"""Rows of the table of scores, where some run has them."""
CURVES = ("recscore", "identified", "control", "copy_risk", "attributes", "diversity", "pose_error", "style_gain")
MOST_ROWS = 80
"""Prompts of the grid; of each the first seed."""
STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 1200px; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
th, td { padding: .2rem .7rem; text-align: left; border-bottom: 1px solid #ddd; vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td small { color: #666; }
.grid img { width: 128px; display: block; }
.grid td:first-child { max-width: 260px; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(420px, 1fr)); gap: 1rem; }
svg { width: 100%; } svg text { font: 11px system-ui, sans-serif; fill: #444; } svg .title { font-size: 14px; }
svg .rule { stroke: #e4e4e4; } svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }
.key i { display: inline-block; width: .9em; height: .9em; margin: 0 .3em 0 1em; vertical-align: -.1em; }
@media (prefers-color-scheme: dark) {
  body { background: #181818; color: #ddd; } th, td { border-color: #444; } td small { color: #999; }
  svg text { fill: #bbb; } svg .rule { stroke: #333; }
}
"""


def page(runs: Sequence[Compared]) -> str:
    """The page, as HTML that needs nothing else.

    Args:
        runs: at least one; the first is the one that others are seen beside.
    """
    names = ", ".join(run.name for run in runs)
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(names)}</title><style>{STYLE}</style></head><body>",
            f"<h1>{escape(names)}</h1>",
            *[f"<p><b>{escape(run.name)}.</b> {escape(run.verdict['reason'])}</p>" for run in runs],
            "<h2>Scores of the chosen steps</h2>",
            score_table(runs),
            "<h2>By step</h2>",
            curve_plots(runs),
            "<h2>Settings that differ</h2>",
            settings_table(runs),
            *_apart(runs),
            "<h2>The same prompts and seeds</h2>",
            _grid(runs),
            "</body></html>\n",
        ]
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "") -> str:
    first = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f'<table class="{kind}"><thead><tr>{first}</tr></thead><tbody>{body}</tbody></table>'


def _cell(text: str, kind: str = "") -> str:
    return f'<td class="{kind}">{text}</td>' if kind else f"<td>{text}</td>"


def score_table(runs: Sequence[Compared]) -> str:
    rows = [[_cell("best step"), *(_cell(str(run.verdict["best_step"]), "number") for run in runs)]]
    for measure in MEASURES:
        if any(run.verdict.get(measure) is not None for run in runs):
            rows.append(
                [_cell(measure.replace("_", " ")), *(_cell(_value(run.verdict, measure), "number") for run in runs)]
            )
    for group in ("pair", "forget"):
        keys = sorted({key for run in runs for key in run.verdict.get(group, {}) if not key.endswith("_interval")})
        for key in (key for key in keys if not key.startswith("base_")):
            cells = (_cell(_value(run.verdict.get(group, {}), key), "number") for run in runs)
            rows.append([_cell(f"{group}: {key.replace('_', ' ')}"), *cells])
    agree = [run.verdict.get("oracle_spearman") for run in runs]
    if any(value is not None for value in agree):
        rows.append([_cell("oracle spearman"), *(_cell(_short(value), "number") for value in agree)])
    return _table(["", *(run.name for run in runs)], rows)


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _value(numbers: Mapping[str, Any], name: str) -> str:
    if numbers.get(name) is None:
        return "–"
    text = f"{numbers[name]:.3f}"
    if numbers.get(f"{name}_interval"):
        low, high = numbers[f"{name}_interval"]
        text += f" <small>[{low:.3f}, {high:.3f}]</small>"
    if numbers.get(f"base_{name}") is not None:
        text += f" <small>base {numbers[f'base_{name}']:.3f}</small>"
    return text


def points_of(verdict: Mapping[str, Any], measure: str) -> list[Point]:
    """A measure at every step of a run; none where it does not apply."""
    scores = {int(name.removeprefix("step-")): score for name, score in verdict["by_step"].items()}
    return [
        Point(step, score[measure], *score[f"{measure}_interval"])
        for step, score in scores.items()
        if score.get(measure) is not None
    ]


def curve_plots(runs: Sequence[Compared]) -> str:
    colours = [
        f'<i style="background:{COLOURS[n % len(COLOURS)]}"></i>{escape(run.name)}' for n, run in enumerate(runs)
    ]
    plots = []
    for measure in CURVES:
        found = {run.name: points for run in runs if (points := points_of(run.verdict, measure))}
        if len(found) == len(runs):
            plots.append(f"<div>{curves(measure.replace('_', ' '), found)}</div>")
    return f'<p class="key">{"".join(colours)}</p><div class="plots">{"".join(plots)}</div>'


def settings_table(runs: Sequence[Compared]) -> str:
    rows = [
        [_cell(escape(key)), *(_cell(escape(_said(values[run.name]))) for run in runs)]
        for key, values in differing({run.name: run.settings for run in runs}).items()
    ]
    return _table(["", *(run.name for run in runs)], rows) if rows else "<p>None.</p>"


def _said(value: Any) -> str:
    text = "–" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def distance(a: Compared, b: Compared) -> tuple[float, int] | None:
    """Mean RMSE of the pictures that two runs drew of the same prompts and seeds, and how many those are."""
    shared = sorted(a.chosen.keys() & b.chosen.keys())
    if not shared:
        return None
    values = [rmse(decode(a.chosen[place]), decode(b.chosen[place])) for place in shared]
    return float(np.mean(values)), len(shared)


def _apart(runs: Sequence[Compared]) -> list[str]:
    rows = []
    for a, b in combinations(runs, 2):
        found = distance(a, b)
        said = "no prompt and seed in common" if found is None else f"{found[0]:.1f} levels of 255, {found[1]} pictures"
        rows.append([_cell(escape(f"{a.name}, {b.name}")), _cell(said)])
    return ["<h2>How far their pictures are apart (RMSE)</h2>", _table(["runs", ""], rows)] if rows else []


def shown_places(runs: Sequence[Compared]) -> list[Place]:
    """Rows of the grid: of every prompt the first seed; those that all runs drew first."""
    places = sorted({place for run in runs for place in run.chosen})
    first: dict[tuple[str, str, str], Place] = {}
    for place in sorted(places, key=lambda one: (-sum(one in run.chosen for run in runs), one)):
        first.setdefault(place[:3], place)
    return list(first.values())[:MOST_ROWS]


def _grid(runs: Sequence[Compared]) -> str:
    rows = []
    for place in shown_places(runs):
        purpose, prompt, negative, seed = place
        note = f"{purpose}, seed {seed}" + (f", without: {negative}" if negative else "")
        cells = [_cell(f"{escape(prompt)}<br><small>{escape(note)}</small>")]
        bases = {run.settings.get("base_sha256"): run.base.get(place) for run in reversed(runs) if place in run.base}
        cells.append(_cell("".join(_picture(data, "the bare base") for data in bases.values() if data)))
        cells += [_cell(_picture(run.chosen.get(place), f"{run.name}: {prompt}")) for run in runs]
        rows.append(cells)
    head = ["", "base", *(f"{run.name}, step {run.verdict['best_step']}" for run in runs)]
    return _table(head, rows, "grid")


def _picture(data: bytes | None, words: str) -> str:
    if data is None:
        return "–"
    return f'<img alt="{escape(words)}" src="data:image/png;base64,{b64encode(data).decode()}">'
