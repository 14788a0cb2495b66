"""Whole repeats for trainers that know no others."""

from collections.abc import Iterable
from typing import NamedTuple

MOST_EPOCHS = 10
"""Epochs of the plan that one epoch of the trainer may stand for."""
GOOD = 0.1
"""A deviation that is good enough to look no further."""


class Repeats(NamedTuple):
    """How often a picture of each rate is repeated."""

    epochs: int
    """How many epochs of the plan one epoch of the trainer stands for."""
    of: dict[float, int]
    """Repeats in an epoch of the trainer by rate of the plan."""

    def deviation(self, rate: float) -> float:
        """How much oftener a picture is seen than the plan says: 0.1 is a tenth oftener, -0.1 a tenth less often."""
        return self.of[rate] / (self.epochs * rate) - 1


def whole_repeats(rates: Iterable[float], also: Iterable[float] = ()) -> Repeats:
    """Whole repeats that follow the rates as well as they can.

    An epoch of the trainer stands for the fewest epochs of the plan, up to 10, with which no rate is off by more than
    10 %; if there is no such number, for the one with the least largest deviation. No picture is repeated less than
    once, so a rate far below the others comes out too high: `deviation` says how much.

    Args:
        rates: how often pictures are seen in an epoch of the plan, all above 0.
        also: further rates, which are rounded too but have no say in the number of epochs.
    """
    chosen = sorted(set(rates))
    every = sorted({*chosen, *also})

    def tried(epochs: int) -> Repeats:
        return Repeats(epochs, {rate: max(round(epochs * rate), 1) for rate in every})

    def worst(repeats: Repeats) -> float:
        return round(max((abs(repeats.deviation(rate)) for rate in chosen), default=0.0), 9)

    candidates = [tried(epochs) for epochs in range(1, MOST_EPOCHS + 1)]
    good = [one for one in candidates if worst(one) <= GOOD]
    return good[0] if good else min(candidates, key=lambda one: (worst(one), one.epochs))
