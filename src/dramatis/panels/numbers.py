"""Figures of a whole story: who stays the same, who is where, how much of the prompts is read."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from dramatis.eyes.recscore import difference
from dramatis.panels.judge import Shown


class Panel(NamedTuple):
    """A panel as it is counted."""

    asked: list[str]
    """Keys of those who should be seen."""
    shown: Shown
    tries: int
    flagged: bool
    clip: float | None = None


def same_share(panels: Sequence[Panel], name: str, threshold: float) -> tuple[int, int]:
    """Pairs of panels that ask for a character, and those in which both faces are called the same one.

    A panel in which she is not found is called the same as no other.

    Args:
        panels: of a story.
        name: key of the character.
        threshold: largest difference that counts as the same character [0..1].
    """
    faces = [panel.shown.faces.get(name) for panel in panels if name in panel.asked]
    pairs = list(combinations(faces, 2))
    same = sum(
        a is not None and b is not None and bool(difference(a[None], b[None])[0, 0] <= threshold) for a, b in pairs
    )
    return len(pairs), same


def consistency(
    panels: Sequence[Panel], recscores: Mapping[str, float], threshold: float
) -> dict[str, dict[str, float]]:
    """By character in two panels or more: share of pairs that are the same, and that over the run's RecScore."""
    found = {}
    for name in sorted({name for panel in panels for name in panel.asked}):
        pairs, same = same_share(panels, name, threshold)
        if pairs:
            recscore = recscores.get(name)
            found[name] = {"pairs": float(pairs), "consistency": same / pairs} | (
                {"consistency_ratio": same / pairs / recscore, "recscore": recscore} if recscore else {}
            )
    return found


def figures(panels: Sequence[Panel], recscores: Mapping[str, float], threshold: float) -> dict[str, Any]:
    """The figures of a story; of several characters the least consistent counts. None where nothing can be said."""
    several = [panel for panel in panels if len(panel.asked) > 1]
    by_character = consistency(panels, recscores, threshold)
    ratios = [one["consistency_ratio"] for one in by_character.values() if "consistency_ratio" in one]
    clips = [panel.clip for panel in panels if panel.clip is not None]
    read = [panel.shown.agreement for panel in panels if panel.shown.agreement is not None]
    return {
        "agreement": _mean(read),
        "by_character": by_character,
        "clip": _mean(clips),
        "consistency": min((one["consistency"] for one in by_character.values()), default=None),
        "consistency_ratio": min(ratios, default=None),
        "flagged": sum(panel.flagged for panel in panels),
        "identity": _mean([panel.shown.identity for panel in panels if panel.asked]),
        "pair_placed": _mean([float(panel.shown.placed) for panel in several]),
        "panels": len(panels),
        "right": _mean([panel.shown.right for panel in panels if panel.asked]),
        "strangers": sum(panel.shown.strangers for panel in panels),
        "tries": sum(panel.tries for panel in panels),
    }


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
