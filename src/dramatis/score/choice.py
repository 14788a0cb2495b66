"""Which step is best, and why: constraints first, then the recscore, and of equals the earliest."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.score.recscore import interval


class StepScore(NamedTuple):
    """What counts of one step of a run; for several characters the least over them."""

    step: int
    recscore: float
    identified: float
    control: float | None
    """None if the tagger knows none of the wanted tags."""
    resamples: NDArray[np.float64]
    """Recscore of each resample; the same previews in the same place at every step."""


class Limits(NamedTuple):
    """What is allowed; see `ScoreParams`."""

    max_control_loss: float
    max_identified_loss: float
    tie_margin: float
    confidence: float


def choose(base: StepScore, steps: Sequence[StepScore], limits: Limits) -> tuple[int, str]:
    """The best step and the reason as a sentence.

    Args:
        base: the bare base.
        steps: checkpoints, at least one, in any order.
        limits: what is allowed.
    """
    steps = sorted(steps, key=lambda score: score.step)
    faults = {score.step: fault for score in steps if (fault := _fault(score, base, steps, limits))}
    able = [score for score in steps if score.step not in faults] or steps
    best = max(able, key=lambda score: score.recscore)
    chosen = next(score for score in able if ties(score, best, limits))
    low, high = interval(chosen.resamples, limits.confidence)
    reason = f"Step {chosen.step} has recscore {chosen.recscore:.2f} [{low:.2f}, {high:.2f}]"
    reason += f", the bare base {base.recscore:.2f}"
    if chosen is best:
        reason += "; it is the highest" if len(able) > 1 else "; no other step is left to choose from"
    else:
        reason += f"; it is the earliest that cannot be told from the highest, {best.recscore:.2f} at step {best.step}"
    if len(faults) == len(steps):
        reason += "; every step breaks a limit, so none was left out"
    elif faults:
        reason += "; left out: " + ", ".join(f"step {step} ({fault})" for step, fault in faults.items())
    return chosen.step, reason + "."


def _fault(score: StepScore, base: StepScore, steps: Sequence[StepScore], limits: Limits) -> str | None:
    if None not in (score.control, base.control) and score.control < base.control - limits.max_control_loss:
        return f"control {score.control:.2f}, the base {base.control:.2f}"
    highest = max(other.identified for other in steps)
    if score.identified < highest - limits.max_identified_loss:
        return f"identified {score.identified:.2f} of {highest:.2f}"
    return None


def ties(score: StepScore, best: StepScore, limits: Limits) -> bool:
    """Whether a step is as good as the best: near it, and their difference on the same previews may be 0."""
    low, _ = interval(best.resamples - score.resamples, limits.confidence)
    return best.recscore - score.recscore <= limits.tie_margin and low <= 0
