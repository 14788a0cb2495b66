"""Plots of a run: its score by step, and whom its previews resemble."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

FORMAT = {"format": "png", "dpi": 100, "metadata": {"Software": None}}  # no version in the bytes


def steps_of(metrics: Mapping[str, Any]) -> list[int]:
    """Steps of the metrics, the bare base (0) first."""
    return [int(name.removeprefix("step-")) for name in metrics["by_step"]]


def plot_steps(run: str, metrics: Mapping[str, Any], file: Path) -> None:
    """RecScore by step with its interval, the bare base as a line, identification and control beside it."""
    steps, scores = steps_of(metrics), list(metrics["by_step"].values())
    figure = Figure(figsize=(7.5, 4.5), layout="constrained")
    axes = figure.add_subplot()
    low, high = zip(*(score["interval"] for score in scores), strict=True)
    axes.fill_between(steps, low, high, alpha=0.2, color="C0", linewidth=0)
    axes.plot(steps, [score["recscore"] for score in scores], "o-", color="C0", label="recscore")
    axes.plot(steps, [score["identified"] for score in scores], "s--", color="C2", label="identified")
    if all(score["control"] is not None for score in scores):
        axes.plot(steps, [score["control"] for score in scores], "^:", color="C1", label="control")
    axes.axhline(metrics["base_recscore"], color="grey", linewidth=1, label="recscore of the base")
    axes.axvline(metrics["best_step"], color="C3", linewidth=1, label=f"chosen: step {metrics['best_step']}")
    axes.set(xlabel="step", ylabel="share", ylim=(-0.03, 1.03), xticks=steps, title=f"{run}: score by step")
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    figure.savefig(file, **FORMAT)


def plot_confusion(run: str, counts: Mapping[str, Mapping[str, int]], step: int, file: Path) -> None:
    """Whom the previews of the chosen step resemble most: asked for by row, nearest of the cast by column."""
    names, cast = list(counts), list(next(iter(counts.values())))
    shares = [[counts[name][other] / max(sum(counts[name].values()), 1) for other in cast] for name in names]
    figure = Figure(figsize=(2.2 + 0.8 * len(cast), 1.9 + 0.6 * len(names)), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, name in enumerate(names):
        for column, other in enumerate(cast):
            ink = "white" if shares[row][column] > 0.6 else "black"
            axes.text(column, row, counts[name][other], ha="center", va="center", color=ink)
    axes.set_xticks(range(len(cast)), cast)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="nearest of the cast", ylabel="asked for", title=f"{run}, step {step}: whom the previews resemble")
    figure.savefig(file, **FORMAT)


def step_rows(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The curve as rows for `dvc plots`."""
    return [
        {
            "step": step,
            "recscore": score["recscore"],
            "low": score["interval"][0],
            "high": score["interval"][1],
            "identified": score["identified"],
            "control": score["control"],
            "base_recscore": metrics["base_recscore"],
        }
        for step, score in zip(steps_of(metrics), metrics["by_step"].values(), strict=True)
    ]


def confusion_rows(counts: Mapping[str, Mapping[str, int]]) -> list[dict[str, str]]:
    """One row per preview for the confusion template of `dvc plots`."""
    return [
        {"asked": name, "nearest": other}
        for name, row in counts.items()
        for other, count in row.items()
        for _ in range(count)
    ]
