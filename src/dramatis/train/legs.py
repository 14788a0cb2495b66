"""The legs of a run: its phases with their steps laid end to end, and where each of them begins."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dramatis.core.errors import ParameterError
from dramatis.train.batches import caption_of
from dramatis.train.phases import BASE, Phase, origin, side
from dramatis.train.plan import Plan, Step, plan_of, steps_per_epoch
from dramatis.train.rows import Row
from dramatis.train.schedule import length, rate, saving_steps


class Leg(NamedTuple):
    """A phase in the course of its run."""

    phase: Phase
    plan: Plan
    rows: list[Row]
    """Of the plan."""
    first: int
    """Steps of the run before it."""
    steps: int
    """Its own."""
    per_epoch: float
    """Mean steps of an epoch."""

    @property
    def last(self) -> int:
        """Step of the run that ends it."""
        return self.first + self.steps

    @property
    def saves(self) -> list[int]:
        """Steps of the run after which a checkpoint is saved."""
        params = self.phase.params
        own = saving_steps(self.steps, params.save_every, params.save_epochs, self.per_epoch)
        return [self.first + step for step in own]

    def rate(self, step: int) -> float:
        """Factor on the learning rates at a step of the run [0..1]."""
        said = self.phase.params.schedule
        cycle = said.cycle_epochs and said.cycle_epochs * self.per_epoch
        return rate(step - self.first, self.steps, said.name, said.warmup_steps, said.decay_from, cycle)


def legs_of(phases: Sequence[Phase], rows: Sequence[Sequence[Row]], run: str) -> list[Leg]:
    """The legs of a run.

    Args:
        phases: of the run.
        rows: of each phase, as `rows_of` gives them.
        run: its name.

    Raises:
        ParameterError: a phase trains nothing, or `from` names a step that its phase does not have.
    """
    legs: list[Leg] = []
    for phase, some in zip(phases, rows, strict=True):
        params = phase.params
        plan = plan_of(some, params, f"{run}/{phase.name}")
        per_epoch = steps_per_epoch(plan, params.steps, params.epochs)
        if not per_epoch:
            raise ParameterError(
                f"params.yaml: runs.{run}, phase {phase.name}",
                f"epochs = {params.epochs}: in so few the plan shows no picture, so it trains nothing",
                "Raise `epochs`, `sets` or `per_subject`, or say `steps`",
            )
        steps = length(params.steps, params.epochs, params.min_steps, per_epoch)
        legs.append(Leg(phase, plan, list(some), legs[-1].last if legs else 0, steps, per_epoch))
        for reference in phase.start.values():
            _check_step(reference, legs, run)
    return legs


def begins_at(reference: str, legs: Sequence[Leg]) -> int:
    """Step of the run whose weights a value of `from` means; 0 is the base."""
    name, step = origin(reference)
    if name == BASE:
        return 0
    return step if step is not None else next(leg.last for leg in legs if leg.phase.name == name)


def starts_of(leg: Leg, legs: Sequence[Leg], parts: Sequence[str]) -> dict[str, int]:
    """Step of the run whose weights each of a method's parts begins with; a part that goes on is not named."""
    start = leg.phase.start
    return {part: begins_at(start[side(part)], legs) for part in parts if side(part) in start}


def steps_of(leg: Leg) -> list[Step]:
    """All steps of a leg."""
    stream = leg.plan.stream()
    return [next(stream) for _ in range(leg.steps)]


def log_rows(legs: Sequence[Leg], losses: Sequence[float]) -> list[dict[str, Any]]:
    """Rows of LOG; `losses` has one number for each step of the run."""
    return [
        {
            "step": number,
            "phase": leg.phase.name,
            "epoch": step.epoch + 1,
            "pictures": sum(map(len, step.batches)),
            "loss": losses[number - 1],
            "rate": leg.rate(number),
        }
        for leg in legs
        for number, step in enumerate(steps_of(leg), leg.first + 1)
    ]


def seen_rows(legs: Sequence[Leg]) -> list[dict[str, Any]]:
    """Rows of SEEN: what the steps of the run were made of, worked out again from the plan."""
    return [row for leg in legs for row in _seen(leg)]


def _seen(leg: Leg) -> list[dict[str, Any]]:
    counts, first = [0] * len(leg.rows), {}
    for step in steps_of(leg):
        for draw in (draw for batch in step.batches for draw in batch):
            counts[draw.row] += 1
            if draw.row not in first:
                caption = leg.rows[draw.row]["caption"]
                first[draw.row] = caption_of(caption, leg.phase.params, leg.plan, step.epoch, draw)
    return [
        {
            "key": f"{leg.phase.name}/{row['config']}/{row['id']}",
            "phase": leg.phase.name,
            "config": row["config"],
            "id": row["id"],
            "character": row["character"],
            "bucket": row["bucket"],
            "per_epoch": row["per_epoch"],
            "seen": counts[place],
            "caption": first.get(place),
        }
        for place, row in enumerate(leg.rows)
    ]


def _check_step(reference: str, legs: Sequence[Leg], run: str) -> None:
    name, step = origin(reference)
    leg = next((leg for leg in legs if leg.phase.name == name), None)
    if leg and step is not None and not leg.first < step <= leg.last:
        raise ParameterError(
            f"params.yaml: runs.{run}",
            f"from = {reference!r}: phase {name} has the steps {leg.first + 1} to {leg.last}, counted over all phases",
            "Name one of them",
        )
