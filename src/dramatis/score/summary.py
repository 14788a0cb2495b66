"""From what was seen in the previews to the numbers of a run."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.score.choice import Limits, StepScore, choose
from dramatis.score.recscore import interval, recscore, resampled


class Seen(NamedTuple):
    """The previews of one character at one step, in a fixed order."""

    shares: NDArray[np.float64]
    """Share of references that each matches [0..1], shape (P,); 0 without a face."""
    nearest: list[str | None]
    """Nearest of the cast; None without a face."""
    control: list[float | None]
    """Share of the wanted tags that are read; None where the tagger knows none of them."""


class Rules(NamedTuple):
    """What the numbers of a run are worked out with."""

    bounds: Mapping[str, float]
    """Upper bound of each character."""
    draws: Mapping[str, NDArray[np.int64]]
    """Resamples of the previews of each character."""
    limits: Limits


Grid = Mapping[int, Mapping[str, Seen]]
"""What was seen, by step (0 is the bare base) and character."""


def identified(seen: Seen, name: str) -> float:
    """Share of previews whose nearest character of the cast is the one asked for [0..1]."""
    return float(np.mean([one == name for one in seen.nearest]))


def control(seen: Seen) -> float | None:
    """Mean share of wanted tags that are read [0..1]; None if nothing wanted is known."""
    known = [one for one in seen.control if one is not None]
    return float(np.mean(known)) if known else None


def faces(seen: Seen) -> float:
    """Share of previews with a face [0..1]."""
    return float(np.mean([one is not None for one in seen.nearest]))


def _least(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return min(known) if known else None


def step_score(step: int, seen: Mapping[str, Seen], rules: Rules) -> StepScore:
    """The numbers of one step: of one character, or the least over several."""
    return StepScore(
        step,
        min(recscore(one.shares, rules.bounds[name]) for name, one in seen.items()),
        min(identified(one, name) for name, one in seen.items()),
        _least([control(one) for one in seen.values()]),
        np.min([resampled(one.shares, rules.bounds[name], rules.draws[name]) for name, one in seen.items()], axis=0),
    )


def metrics(grid: Grid, rules: Rules) -> dict[str, Any]:
    """The metrics of a run: the least over its characters on top, each of them below, every step beside them."""
    names = list(grid[0])
    scores = {step: step_score(step, seen, rules) for step, seen in grid.items()}
    best, reason = choose(scores[0], [score for step, score in scores.items() if step], rules.limits)
    return _numbers(grid, names, best, rules) | {
        "reason": reason,
        "by_character": {name: _of_one(grid, name, best, rules) for name in names},
        "by_step": {f"step-{step:06d}": _step_numbers(seen, scores[step], rules) for step, seen in grid.items()},
    }


def _of_one(grid: Grid, name: str, best: int, rules: Rules) -> dict[str, Any]:
    scores = {step: step_score(step, {name: seen[name]}, rules) for step, seen in grid.items()}
    _, alone = choose(scores[0], [score for step, score in scores.items() if step], rules.limits)
    return _numbers(grid, [name], best, rules) | {
        "reason": f"The run takes step {best}. For {name} alone: {alone}",
        "upper_bound": rules.bounds[name],
    }


def _numbers(grid: Grid, names: Sequence[str], best: int, rules: Rules) -> dict[str, Any]:
    seen, base = ({name: grid[step][name] for name in names} for step in (best, 0))
    score, bare = step_score(best, seen, rules), step_score(0, base, rules)
    return _step_numbers(seen, score, rules) | {
        "best_step": best,
        "base_recscore": bare.recscore,
        "base_identified": bare.identified,
        "base_control": bare.control,
    }


def _step_numbers(seen: Mapping[str, Seen], score: StepScore, rules: Rules) -> dict[str, Any]:
    return {
        "recscore": score.recscore,
        "recscore_raw": min(float(one.shares.mean()) for one in seen.values()),
        "interval": interval(score.resamples, rules.limits.confidence),
        "identified": score.identified,
        "control": score.control,
        "faces": min(faces(one) for one in seen.values()),
    }


def confusion(seen: Mapping[str, Seen], cast: Sequence[str]) -> dict[str, dict[str, int]]:
    """How often each character's previews were nearest to whom; `nobody` counts those without a face."""
    return {
        name: {other: sum((one or "nobody") == other for one in found.nearest) for other in [*cast, "nobody"]}
        for name, found in seen.items()
    }
