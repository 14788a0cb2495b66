"""The picture of coverage: a line for each character, and in each panel what its training pictures are made of."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dramatis.core.tables import whole_file
from dramatis.selection.kinds import DISTANCES, LIGHTS, TURNS
from dramatis.selection.params import Goal

LINE_IN = 0.24
"""Height of a line [inch]."""
HEAD_IN, FOOT_IN, LEFT_IN, RIGHT_IN = 0.95, 0.4, 2.5, 0.2
"""What lies around the lines [inch]."""
EDGE_IN = 0.15
"""Where text begins [inch]."""
WIDTH_IN = 14.5
LONGEST_NAME = 22
"""Letters of a name that are shown."""
LETTER_PT = 4.9
"""Width of a letter in a legend, about [pt]."""
READABLE = 0.09
"""Share of a panel's width from which a number fits into its bar."""
INK, PALE = "0.15", "0.93"
COLOURS = {
    "train": "#3b6ea5",
    "validation": "#a9c4df",
    "close": "#3b6ea5",
    "medium": "#7ba68c",
    "full": "#dda94b",
    "front": "#3b6ea5",
    "three_quarter": "#7ba68c",
    "profile": "#dda94b",
    "unsure": "0.8",
    "dark": "#4b4a67",
    "normal": "#9a9ab5",
    "bright": "#e7d9a3",
}
DARK = {"#3b6ea5", "#4b4a67"}
"""Colours on which numbers are white."""

Row = Mapping[str, Any]


def draw(rows: Sequence[Row], goals: Mapping[Goal, float], file: Path) -> None:
    """Writes the picture as PNG; see `picture_of`."""
    with whole_file(file) as part:
        picture_of(rows, goals).savefig(part, format="png", dpi=100, metadata={"Software": None})


def picture_of(rows: Sequence[Row], goals: Mapping[Goal, float]) -> Figure:
    """The picture: as high as there are characters, those with most training pictures first.

    Args:
        rows: of COVERAGE.
        goals: share that each kind should have, said in the title.
    """
    rows = sorted(rows, key=lambda row: (-row["train"], row["character"]))
    height = HEAD_IN + FOOT_IN + LINE_IN * max(len(rows), 1)
    figure = Figure(figsize=(WIDTH_IN, height))
    panels = figure.subplots(
        1,
        5,
        sharey=True,
        gridspec_kw={
            "width_ratios": [3, 2.8, 3.4, 2.3, 1.7],
            "wspace": 0.06,
            "left": LEFT_IN / WIDTH_IN,
            "right": 1 - RIGHT_IN / WIDTH_IN,
            "top": 1 - HEAD_IN / height,
            "bottom": FOOT_IN / height,
        },
    )
    _amounts(panels[0], rows)
    _shares(panels[1], rows, "distance", DISTANCES)
    _shares(panels[2], rows, "turn of the head", TURNS)
    _shares(panels[3], rows, "light", LIGHTS)
    _numbers(panels[4], rows)
    _names(panels[0], rows)
    goal = ", ".join(f"{name.replace('_', '-')} {share:.0%}" for name, share in goals.items())
    title = "What the training pictures cover" + (f"  (goal: {goal})" if goal else "")
    figure.text(EDGE_IN / WIDTH_IN, 1 - 0.22 / height, title, fontsize=11, color=INK, va="center")
    return figure


def _amounts(axes: Axes, rows: Sequence[Row]) -> None:
    """Bars of how many pictures there are; the numbers stand behind bars that are too short for them."""
    largest = max((row["train"] + row["validation"] for row in rows), default=0) or 1
    for n, row in enumerate(rows):
        start, fits = 0, row["train"] >= READABLE * largest
        for name in ("train", "validation"):
            _bar(axes, n, start, row[name], largest, COLOURS[name], str(row[name]) if fits else "")
            start += row[name]
        if not fits:
            text = f"{row['train']} + {row['validation']}" if row["train"] else "nothing to train with"
            ink = INK if row["train"] else "#b03030"
            axes.text(start + largest * 0.015, n, text, fontsize=7, color=ink, va="center")
    _frame(axes, "pictures", ("train", "validation"), largest)


def _shares(axes: Axes, rows: Sequence[Row], title: str, kinds: Sequence[str]) -> None:
    """Bars of one length, parted by kind."""
    for n, row in enumerate(rows):
        start, total = 0.0, row["train"]
        for kind in kinds if total else ():
            share = row[kind] / total
            _bar(axes, n, start, share, 1, COLOURS[kind], str(row[kind]))
            start += share
    _frame(axes, title, kinds, 1)


def _numbers(axes: Axes, rows: Sequence[Row]) -> None:
    """Columns of numbers."""
    columns = ("outfits", "shots", "videos")
    for n, row in enumerate(rows):
        for place, name in enumerate(columns):
            axes.text((place + 0.5) / 3, n, str(row[name]), fontsize=7.5, color=INK, ha="center", va="center")
    _frame(axes, "", (), 1)
    for place, name in enumerate(columns):
        axes.annotate(name, ((place + 0.5) / 3, 1), (0, 4), "axes fraction", "offset points", fontsize=8, ha="center")


def _names(axes: Axes, rows: Sequence[Row]) -> None:
    """Character and size class before each line."""
    classes = [(row["size_class"] or "none").replace("_", "-") for row in rows]
    axes.set_yticks(range(len(rows)), classes, fontsize=8, color="0.45")
    axes.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    for n, row in enumerate(rows):
        axes.annotate(
            _short(row["character"]),
            (0, n),
            (-72 * (LEFT_IN - EDGE_IN), 0),
            ("axes fraction", "data"),
            "offset points",
            fontsize=8.5,
            color=INK,
            va="center",
            parse_math=False,
        )


def _bar(axes: Axes, line: int, start: float, width: float, whole: float, colour: str, text: str) -> None:
    if width:
        axes.barh(line, width, 0.78, start, color=colour)
        if width / whole >= READABLE:
            ink = "white" if colour in DARK else INK
            axes.text(start + width / 2, line, text, fontsize=7, color=ink, ha="center", va="center")


def _frame(axes: Axes, title: str, kinds: Sequence[str], whole: float) -> None:
    """Title and legend above, nothing else around."""
    axes.set_xlim(0, whole)
    axes.set_facecolor(PALE if kinds else "white")
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.annotate(title, (0, 1), (0, 22), "axes fraction", "offset points", fontsize=9.5, color=INK)
    place = 0.0
    for kind in kinds:
        word = kind.replace("_", "-")
        axes.annotate("■", (0, 1), (place, 5), "axes fraction", "offset points", fontsize=8, color=COLOURS[kind])
        axes.annotate(word, (0, 1), (place + 9, 5), "axes fraction", "offset points", fontsize=8, color=INK)
        place += 9 + LETTER_PT * (len(word) + 1.5)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
