"""Curves of several runs with their intervals, as SVG that a page can hold."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 460, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 26, 34
COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2")


class Point(NamedTuple):
    """A value of one step with its interval."""

    step: int
    value: float
    low: float
    high: float


def curves(title: str, runs: Mapping[str, Sequence[Point]]) -> str:
    """One plot: a line and a band for each run, step 0 being the bare base."""
    points = [point for some in runs.values() for point in some]
    right = max(max(point.step for point in points), 1)
    low, high = min(0.0, *(point.low for point in points)), max(1.0, *(point.high for point in points))

    def x(step: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * step / right

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)

    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)} by step">',
        f'<text x="{LEFT}" y="16" class="title">{escape(title)}</text>',
    ]
    for tick in range(5):
        value = low + (high - low) * tick / 4
        line = f'x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"'
        parts.append(f'<line {line} class="rule"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" class="tick end">{value:.2g}</text>')
    for step in sorted({point.step for point in points}):
        parts.append(f'<text x="{x(step):.1f}" y="{HEIGHT - 16}" class="tick middle">{step}</text>')
    for number, some in enumerate(runs.values()):
        parts += _line(sorted(some), COLOURS[number % len(COLOURS)], x, y)
    return "\n".join([*parts, "</svg>"])


def _line(points: Sequence[Point], colour: str, x: Callable[[float], float], y: Callable[[float], float]) -> list[str]:
    there = [(x(point.step), y(point.high)) for point in points]
    back = [(x(point.step), y(point.low)) for point in reversed(points)]
    band = " ".join(f"{a:.1f},{b:.1f}" for a, b in there + back)
    line = " ".join(f"{x(point.step):.1f},{y(point.value):.1f}" for point in points)
    dots = [
        f'<circle cx="{x(point.step):.1f}" cy="{y(point.value):.1f}" r="3" fill="{colour}">'
        f"<title>step {point.step}: {point.value:.3f} [{point.low:.3f}, {point.high:.3f}]</title></circle>"
        for point in points
    ]
    return [
        f'<polygon points="{band}" fill="{colour}" opacity="0.15"/>',
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>',
        *dots,
    ]
