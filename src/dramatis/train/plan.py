"""The plan of a phase: epochs of batches that follow from the seed alone, in which nothing is dropped or repeated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.core import seeds
from dramatis.train.params import TrainParams
from dramatis.train.rows import PRIOR

GOLDEN = (5**0.5 - 1) / 2
"""Its multiples modulo 1 are spread evenly, however many are taken (Kuipers and Niederreiter, 1974, chapter 2)."""


class Draw(NamedTuple):
    """One picture in a batch."""

    row: int
    """Number of it in the plan."""
    copy: int
    """How often it was drawn before: in the epoch; a class picture in its turn: in the phase."""


class Step(NamedTuple):
    """What one optimizer step sees."""

    epoch: int
    """From 0."""
    batches: list[list[Draw]]
    """Of one bucket each."""


@dataclass(frozen=True)
class Plan:
    """Which picture is seen when.

    A picture with `often` = 2.3 is seen twice in every epoch, and once more in three of ten: after n epochs
    floor(2.3 n) or one more times. Where these epochs lie differs between pictures, so that all epochs are about as
    long. Where class pictures have a fixed share, they take turns in each bucket.
    """

    name: str
    """Of the run and the phase; part of every seed."""
    seed: int
    keys: list[str]
    """Of the rows, each its own."""
    names: list[list[str]]
    """Trigger words that stand in the caption of each row."""
    buckets: list[str]
    """Of the rows."""
    often: NDArray[np.float64]
    """How often each row is seen in an epoch, (N,)."""
    guests: NDArray[np.bool_]
    """Rows that take turns in a fixed share of the batches instead, (N,)."""
    batch_size: int
    seats: int
    """Pictures of a full batch that are guests."""
    accumulation: int
    """Batches of a step."""

    @cached_property
    def offsets(self) -> NDArray[np.float64]:
        """Where in its period each row begins [0..1), (N,): multiples of the golden ratio in an order by lot."""
        lots = np.array([seeds.derive(self.seed, self.name, key, "offset") for key in self.keys], np.uint64)
        ranks = np.empty(len(lots))
        ranks[np.argsort(lots, kind="stable")] = np.arange(1, len(lots) + 1)
        return ranks * GOLDEN % 1

    @cached_property
    def own(self) -> dict[str, NDArray[np.int64]]:
        """Rows of each bucket that are no guests, by its name, sorted."""
        return {name: self._inside(name, ~self.guests) for name in sorted(set(self.buckets))}

    @cached_property
    def turns(self) -> dict[str, NDArray[np.int64]]:
        """Guests of each bucket."""
        return {name: self._inside(name, self.guests) for name in self.own}

    def _inside(self, bucket: str, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.flatnonzero((np.array(self.buckets) == bucket) & rows & (self.often > 0))

    def counts(self, epoch: int) -> NDArray[np.int64]:
        """How often each row is seen in an epoch; 0 for guests, (N,)."""
        often = np.where(self.guests, 0, self.often)
        found = np.floor((epoch + 1) * often + self.offsets) - np.floor(epoch * often + self.offsets)
        return found.astype(np.int64)

    def room(self, bucket: str) -> int:
        """Pictures of a full batch that are no guests."""
        return self.batch_size - (self.seats if len(self.turns[bucket]) else 0)

    def invited(self, bucket: str, pictures: int) -> int:
        """Guests in a batch with so many other pictures: in a smaller last batch fewer, in proportion."""
        room = self.room(bucket)
        return round(pictures * (self.batch_size - room) / room)

    def steps(self, epoch: int) -> int:
        """Optimizer steps of an epoch."""
        return -(-sum(len(sizes) for sizes in self._sizes(self.counts(epoch)).values()) // self.accumulation)

    def epoch(self, epoch: int, before: dict[str, int]) -> Iterator[Step]:
        """The steps of an epoch.

        Args:
            epoch: from 0.
            before: guests of each bucket that earlier epochs invited; those of this one are added.
        """
        counts = self.counts(epoch)
        batches = []
        for bucket, sizes in self._sizes(counts).items():
            draws = self._shuffled(self.own[bucket], counts, epoch, bucket)
            for size in sizes:
                some, draws = draws[:size], draws[size:]
                guests = self.invited(bucket, size)
                batches.append(some + [self._turn(bucket, before[bucket] + place) for place in range(guests)])
                before[bucket] += guests
        order = seeds.rng(self.seed, self.name, epoch, "order").permutation(len(batches))
        for start in range(0, len(batches), self.accumulation):
            yield Step(epoch, [batches[place] for place in order[start : start + self.accumulation]])

    def skipped(self, epoch: int, before: dict[str, int]) -> None:
        """Adds the guests of a whole epoch to `before`, without working its batches out."""
        for bucket, sizes in self._sizes(self.counts(epoch)).items():
            before[bucket] += sum(self.invited(bucket, size) for size in sizes)

    def stream(self, done: int = 0) -> Iterator[Step]:
        """The steps of the phase after the first `done`, without end."""
        before, epoch = dict.fromkeys(self.own, 0), 0
        while done >= (steps := self.steps(epoch)):
            self.skipped(epoch, before)
            done, epoch = done - steps, epoch + 1
        while True:
            for place, step in enumerate(self.epoch(epoch, before)):
                if place >= done:
                    yield step
            done, epoch = 0, epoch + 1

    def _sizes(self, counts: NDArray[np.int64]) -> dict[str, list[int]]:
        """How many pictures, but for guests, the batches of each bucket have in an epoch."""
        found = {}
        for bucket, rows in self.own.items():
            full, rest = divmod(int(counts[rows].sum()), self.room(bucket))
            found[bucket] = [self.room(bucket)] * full + ([rest] if rest else [])
        return found

    def _shuffled(self, rows: NDArray[np.int64], counts: NDArray[np.int64], epoch: int, bucket: str) -> list[Draw]:
        """All that is seen of a bucket in an epoch, in an order by lot; what is seen often is spread over it."""
        rng = seeds.rng(self.seed, self.name, epoch, bucket)
        chance = rng.random(len(rows))
        places = [
            ((copy + chance[n]) / counts[row], Draw(int(row), copy))
            for n, row in enumerate(rows)
            for copy in range(counts[row])
        ]
        return [draw for _, draw in sorted(places)]

    def _turn(self, bucket: str, place: int) -> Draw:
        """The guest whose turn it is: through all in an order by lot, then through all in another."""
        rows = self.turns[bucket]
        around, position = divmod(place, len(rows))
        order = self._orders.get((bucket, around))
        if order is None:
            order = seeds.rng(self.seed, self.name, "turn", bucket, around).permutation(len(rows))
            self._orders[bucket, around] = order
        return Draw(int(rows[order[position]]), around)

    @cached_property
    def _orders(self) -> dict[tuple[str, int], NDArray[np.int64]]:
        return {}


def plan_of(rows: Sequence[dict[str, Any]], params: TrainParams, name: str) -> Plan:
    """The plan of a phase.

    Args:
        rows: as `rows.rows_of` gives them.
        params: of the phase.
        name: of the run and the phase.
    """
    share = params.prior.share
    prior = np.array([row["config"] == PRIOR for row in rows], bool)
    often = np.array([row["per_epoch"] for row in rows], float)
    if share == 0:
        often = np.where(prior, 0, often)
    return Plan(
        name=name,
        seed=params.seed,
        keys=[f"{row['config']}/{row['id']}" for row in rows],
        names=[row["names"] for row in rows],
        buckets=[row["bucket"] for row in rows],
        often=often,
        guests=prior if share else np.zeros(len(rows), bool),
        batch_size=params.batch_size,
        seats=round(params.batch_size * (share or 0)),
        accumulation=params.accumulation,
    )


def steps_per_epoch(plan: Plan, steps: int | None, epochs: float | None) -> float:
    """Mean steps of an epoch, over the epochs that a phase of so many steps or epochs reaches into."""
    total, epoch = 0, 0
    while total < steps if steps is not None else epoch < (epochs or 1):
        total, epoch = total + plan.steps(epoch), epoch + 1
    return total / epoch
