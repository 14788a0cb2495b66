"""Figures beside what they should be."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Bar(NamedTuple):
    """What a figure should be."""

    value: float
    at_most: bool
    what: str

    def met(self, figure: float) -> bool:
        """True if the figure reaches it."""
        return figure <= self.value if self.at_most else figure >= self.value

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.value:g}"


def least(value: float, what: str) -> Bar:
    """A bar from below."""
    return Bar(value, False, what)


def most(value: float, what: str) -> Bar:
    """A bar from above."""
    return Bar(value, True, what)


def bar_lines(bars: Mapping[str, Bar], found: Mapping[str, Any]) -> list[str]:
    """A Markdown table of figures that have a bar; one that misses it says so."""
    lines = ["| figure | | bar | reached |", "|---|---|---|---|"]
    for name, bar in bars.items():
        missed = "" if bar.met(found[name]) else " **missed**"
        lines.append(f"| `{name}` | {bar.what} | {bar} | {shown(found[name])}{missed} |")
    return lines


def shown(value: float | None) -> str:
    """Three digits that count; whole numbers as they are."""
    if value is None:
        return "–"
    return str(int(value)) if value == int(value) and abs(value) != 1 else f"{value:.3g}"
