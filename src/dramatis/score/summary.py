"""From the values of each preview to the numbers of each step, with their intervals."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.eyes.recscore import recscore
from dramatis.score.bootstrap import Estimate, Values, draws, least, mean, middle, most

Table = Mapping[tuple[int, str], Mapping[str, Values]]
"""Values of the previews by step (0 is the bare base) and group, then by measure."""
Numbers = Mapping[str, Estimate]
"""The numbers of one step, by measure."""

FOLDS: dict[str, Callable[[Sequence[Estimate | None]], Estimate | None]] = {
    "recscore": least,
    "recscore_raw": least,
    "difference": most,
    "identified": least,
    "identified_strangers": least,
    "control": least,
    "attributes": least,
    "clip": least,
    "copy_risk": most,
    "copy_risk_identity": most,
    "diversity": least,
    "luma": middle,
    "leaks": most,
    "leaks_negative": most,
    "faces": least,
    "pose_error": most,
}
"""How the number of a run follows from those of its characters: the worst of them."""

WHOLE = "run"
"""The group of all characters together, or of the pictures of a run without characters."""


class Rules(NamedTuple):
    """What the numbers are worked out with."""

    bounds: Mapping[str, float]
    """Upper bound of the recscore of each character."""
    resamples: int
    seed: int


def estimates(table: Table, rules: Rules) -> dict[str, dict[int, dict[str, Estimate]]]:
    """The numbers of every group at every step, and of all characters together as group `run`."""
    drawn: dict[str, NDArray[np.int64]] = {}
    found: dict[str, dict[int, dict[str, Estimate]]] = {}
    for (step, group), values in sorted(table.items(), key=lambda item: item[0]):
        if group not in drawn:
            count = len(next(iter(values.values())))
            drawn[group] = draws(count, rules.resamples, rules.seed, group)
        found.setdefault(group, {})[step] = _numbers(values, drawn[group], rules.bounds.get(group))
    names = [group for group in found if group in rules.bounds]
    if names:
        found[WHOLE] = {step: together([found[name][step] for name in names]) for step in found[names[0]]}
    return found


def _numbers(values: Mapping[str, Values], drawn: NDArray[np.int64], bound: float | None) -> dict[str, Estimate]:
    found = {name: mean(array, drawn) for name, array in values.items()}
    numbers = {name: estimate for name, estimate in found.items() if estimate is not None}
    if bound is not None:
        raw = numbers.pop("match")
        numbers |= {"recscore": raw.mapped(lambda shares: recscore(shares, bound)), "recscore_raw": raw}
    return numbers


def together(parts: Sequence[Numbers]) -> dict[str, Estimate]:
    """The numbers of several characters as one: of each measure the worst."""
    folded = {name: fold([part.get(name) for part in parts]) for name, fold in FOLDS.items()}
    return {name: estimate for name, estimate in folded.items() if estimate is not None}


def style_gains(by_step: Mapping[int, dict[str, Estimate]]) -> dict[int, dict[str, Estimate]]:
    """The same numbers with `style_gain` beside `style_distance`: the share of the base's distance that is gone."""
    base = by_step[0].get("style_distance")
    if base is None:
        return dict(by_step)
    return {
        step: numbers
        | {
            "style_gain": Estimate(
                1 - numbers["style_distance"].value / max(base.value, 1e-9),
                1 - numbers["style_distance"].resamples / np.maximum(base.resamples, 1e-9),
            )
        }
        for step, numbers in by_step.items()
    }


def confusion(nearest: Mapping[str, Sequence[str | None]], cast: Sequence[str]) -> dict[str, dict[str, int]]:
    """How often each character's previews were nearest to whom; `nobody` counts those without a face."""
    return {
        name: {other: sum((one or "nobody") == other for one in found) for other in [*cast, "nobody"]}
        for name, found in nearest.items()
    }
