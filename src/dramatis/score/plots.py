"""Plots of a run: its measures by step, and whom its previews resemble."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from dramatis.core.tables import write_json

FORMAT: dict[str, Any] = {"format": "png", "dpi": 100, "metadata": {"Software": None}}  # no version in the bytes
CURVES = {
    "recscore": ("o-", "C0"),
    "identified": ("s--", "C2"),
    "control": ("^:", "C1"),
    "copy_risk": ("v-.", "C3"),
    "pose_error": ("o-", "C0"),
    "style_gain": ("o-", "C0"),
}
"""Measures that are drawn where a run has them, with their marks and colours."""

Metrics = Mapping[str, Any]
Counts = Mapping[str, Mapping[str, int]]


def write_plots(run: str, result: Metrics, counts: Counts, folder: Path) -> None:
    """Pictures, and the curves as rows for `dvc plots`; `counts` is empty of a run without characters."""
    plot_steps(run, result, folder / "score.png")
    write_json(curve_rows(result), folder / "score.json")
    if counts:
        plot_confusion(run, counts, result["best_step"], folder / "confusion.png")


def steps_of(result: Metrics) -> list[int]:
    """Steps of the verdict, the bare base (0) first."""
    return [int(name.removeprefix("step-")) for name in result["by_step"]]


def drawn_of(result: Metrics) -> list[str]:
    """Measures of CURVES that every step has."""
    scores = result["by_step"].values()
    return [name for name in CURVES if all(score.get(name) is not None for score in scores)]


def plot_steps(run: str, result: Metrics, file: Path) -> None:
    """Measures by step with their intervals, and the chosen step; step 0 is the bare base."""
    steps, scores = steps_of(result), list(result["by_step"].values())
    figure = Figure(figsize=(7.5, 4.5), layout="constrained")
    axes = figure.add_subplot()
    for name in drawn_of(result):
        mark, colour = CURVES[name]
        low, high = zip(*(score[f"{name}_interval"] for score in scores), strict=True)
        axes.fill_between(steps, low, high, alpha=0.15, color=colour, linewidth=0)
        axes.plot(steps, [score[name] for score in scores], mark, color=colour, label=name.replace("_", " "))
    axes.axvline(result["best_step"], color="grey", linewidth=1, label=f"chosen: step {result['best_step']}")
    axes.set(xlabel="step (0: the bare base)", xticks=steps, title=f"{run}: score by step")
    axes.set_ylim(min(-0.03, axes.get_ylim()[0]), 1.03)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    figure.savefig(file, **FORMAT)


def plot_confusion(run: str, counts: Counts, step: int, file: Path) -> None:
    """Whom the previews of the chosen step resemble most: asked for by row, nearest of the cast by column."""
    names, cast = list(counts), list(next(iter(counts.values())))
    shares = [[counts[name][other] / max(sum(counts[name].values()), 1) for other in cast] for name in names]
    figure = Figure(figsize=(2.2 + 0.8 * len(cast), 1.9 + 0.6 * len(names)), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, name in enumerate(names):
        for column, other in enumerate(cast):
            ink = "white" if shares[row][column] > 0.6 else "black"
            axes.text(column, row, str(counts[name][other]), ha="center", va="center", color=ink)
    axes.set_xticks(range(len(cast)), cast)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="nearest of the cast", ylabel="asked for", title=f"{run}, step {step}: whom the previews resemble")
    figure.savefig(file, **FORMAT)


def curve_rows(result: Metrics) -> list[dict[str, Any]]:
    """The curves as rows for `dvc plots`: a row for each step and measure."""
    return [
        {
            "step": step,
            "measure": name,
            "value": score[name],
            "low": score[f"{name}_interval"][0],
            "high": score[f"{name}_interval"][1],
        }
        for step, score in zip(steps_of(result), result["by_step"].values(), strict=True)
        for name in drawn_of(result)
    ]
