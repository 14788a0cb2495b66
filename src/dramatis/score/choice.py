"""Which step is best, and why: limits first, then what the run is for, and of equals the earliest."""

from collections.abc import Sequence
from typing import NamedTuple

from dramatis.score.bootstrap import Estimate


class StepScore(NamedTuple):
    """What counts of one step of a run; for several characters the worst of them."""

    step: int
    aim: Estimate
    """What the run is for; more is better. The same previews in the same place at every step."""
    identified: float | None = None
    """None where no identity is asked for."""
    control: float | None = None
    """None if the tagger knows none of the wanted tags."""
    copy_risk: float | None = None
    """None without training pictures to compare with."""


class Limits(NamedTuple):
    """What is allowed; see `ScoreParams`."""

    max_control_loss: float
    max_identified_loss: float
    max_copy_risk: float
    tie_margin: float
    confidence: float


class Fault(NamedTuple):
    """A limit that a step breaks."""

    words: str
    excess: float
    """By how much."""


def choose(base: StepScore, steps: Sequence[StepScore], limits: Limits, aim: str = "recscore") -> tuple[int, str]:
    """The best step and the reason as a sentence.

    Steps that break a limit are left out; if all do, those stay that break them least. Of the rest, those that cannot
    be told from the highest tie with it, and the earliest of them is taken.

    Args:
        base: the bare base.
        steps: checkpoints, at least one, in any order.
        limits: what is allowed.
        aim: what `StepScore.aim` is, in words.
    """
    steps = sorted(steps, key=lambda score: score.step)
    faults = {score.step: found for score in steps if (found := _faults(score, base, steps, limits))}
    able = [score for score in steps if score.step not in faults]
    if not able:
        excess = {step: sum(fault.excess for fault in found) for step, found in faults.items()}
        able = [score for score in steps if excess[score.step] <= min(excess.values()) + limits.tie_margin]
    best = max(able, key=lambda score: score.aim.value)
    chosen = next(score for score in able if ties(score, best, limits))
    low, high = chosen.aim.interval(limits.confidence)
    reason = f"Step {chosen.step} has {aim} {chosen.aim.value:.2f} [{low:.2f}, {high:.2f}]"
    reason += f", the bare base {base.aim.value:.2f}"
    if chosen is best:
        reason += "; it is the highest" if len(able) > 1 else "; no other step is left to choose from"
    else:
        highest = f"{best.aim.value:.2f} at step {best.step}"
        reason += f"; it is the earliest that cannot be told from the highest, {highest}"
    if len(faults) == len(steps):
        reason += "; every step breaks a limit, so those are left that break them least"
    if said := _said(faults, {score.step for score in able}, len(faults) == len(steps)):
        reason += f"; {said}"
    return chosen.step, reason + "."


def _said(faults: dict[int, list[Fault]], able: set[int], all_break: bool) -> str:
    told = {step: " and ".join(fault.words for fault in found) for step, found in faults.items()}
    if all_break:
        return "broken: " + ", ".join(f"step {step} ({words})" for step, words in told.items())
    return "left out: " + ", ".join(f"step {step} ({words})" for step, words in told.items()) if told else ""


def _faults(score: StepScore, base: StepScore, steps: Sequence[StepScore], limits: Limits) -> list[Fault]:
    found = []
    if score.control is not None and base.control is not None:
        excess = base.control - limits.max_control_loss - score.control
        found.append(Fault(f"control {score.control:.2f}, the base {base.control:.2f}", excess))
    if score.identified is not None:
        highest = max(other.identified or 0.0 for other in steps)
        excess = highest - limits.max_identified_loss - score.identified
        found.append(Fault(f"identified {score.identified:.2f} of {highest:.2f}", excess))
    if score.copy_risk is not None:
        excess = score.copy_risk - limits.max_copy_risk
        found.append(Fault(f"copy risk {score.copy_risk:.2f}", excess))
    return [fault for fault in found if fault.excess > 1e-9]


def ties(score: StepScore, best: StepScore, limits: Limits) -> bool:
    """Whether a step is as good as the best: near it, and their difference on the same previews may be 0."""
    low, _ = best.aim.minus(score.aim).interval(limits.confidence)
    return best.aim.value - score.aim.value <= limits.tie_margin and low <= 0
