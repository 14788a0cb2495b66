"""Learning-rate schedules as functions of the step alone, so that a resumed run needs no memory of them."""

import math


def rate(step: int, steps: int, name: str, warmup_steps: int = 0, decay_from: float = 0.0) -> float:
    """Factor on the learning rate at one step [0..1].

    Args:
        step: from 1 to `steps`.
        steps: length of the run.
        name: shape of the decay: constant, linear or cosine. Neither rises again.
        warmup_steps: the factor grows linearly over so many first steps.
        decay_from: share of the run after which the decay to zero begins [0..1].

    Raises:
        ValueError: no schedule has that name.
    """
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
    raise ValueError(f"no schedule is called {name!r}")
