"""How long a phase is, when it saves, and its learning rate: functions of the step alone, which need no memory."""

import math


def rate(
    step: int, steps: int, name: str, warmup_steps: int = 0, decay_from: float = 0.0, cycle_steps: float | None = None
) -> float:
    """Factor on the learning rate at one step [0..1].

    Args:
        step: from 1 to `steps`.
        steps: length of the phase.
        name: shape of the decay. linear and cosine end at zero and never rise; cosine_restarts falls to zero and jumps
            back at every cycle; pulsing_cosine is (1 + cos(2 pi x)) / 2 of the cycles x behind it, so it falls in the
            first half of a cycle and rises in the second (EveryDream2's cosine that is longer than its decay, R0).
        warmup_steps: the factor grows linearly over so many first steps.
        decay_from: linear, cosine: share of the phase after which the decay begins [0..1).
        cycle_steps: cosine_restarts, pulsing_cosine: length of a cycle [steps], any real number.

    Raises:
        ValueError: no schedule has that name.
    """
    cycle = cycle_steps or math.inf
    warm = min(1.0, step / warmup_steps) if warmup_steps else 1.0
    start = decay_from * steps
    done = min(max((step - 1 - start) / (steps - start), 0.0), 1.0)  # share of the decay that lies behind
    match name:
        case "constant":
            return warm
        case "linear":
            return warm * (1 - done)
        case "cosine":
            return warm * (1 + math.cos(math.pi * done)) / 2
        case "cosine_restarts":
            return warm * (1 + math.cos(math.pi * ((step - 1) / cycle % 1))) / 2
        case "pulsing_cosine":
            return warm * (1 + math.cos(2 * math.pi * (step - 1) / cycle)) / 2
    raise ValueError(f"no schedule is called {name!r}")


def length(steps: int | None, epochs: float | None, min_steps: int, steps_per_epoch: float) -> int:
    """Steps of a phase: `steps`, or those of so many epochs, rounded up, but `min_steps` at the least."""
    return steps if steps is not None else max(_whole((epochs or 0) * steps_per_epoch), min_steps)


def saving_steps(steps: int, every: int | None, epochs: float | None, steps_per_epoch: float) -> list[int]:
    """Steps of a phase after which a checkpoint is saved, ascending: every so many steps or epochs, and the last."""
    if every is not None:
        found = set(range(every, steps, every))
    elif epochs is not None:
        interval = epochs * steps_per_epoch
        found = {max(_whole(k * interval), 1) for k in range(1, math.ceil(steps / interval) + 1)}
    else:
        found = set()
    return sorted({step for step in found if step < steps} | {steps})


def _whole(steps: float) -> int:
    """The least whole number of steps that holds a real one, but for what rounding adds."""
    return math.ceil(round(steps, 6))
