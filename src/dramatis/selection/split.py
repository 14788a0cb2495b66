"""Which shots are held out: whole shots, so that no held-out picture has a sibling in training."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping
from typing import NamedTuple

from dramatis.core.seeds import rng

Unit = Hashable
"""What is held out as one: a take (video and shot), or a video."""
OVERSHOOT = 1.5
"""A unit is held out early only if that brings no more than so many times the pictures that are wanted."""
MOST = 0.5
"""Share of its pictures that a character may lose for the sake of others."""
REPEATED = 0.5
"""Pictures elsewhere that nearly repeat a unit, over its own, from which it is held out only for want of another."""


class Wanted(NamedTuple):
    """Pictures to hold out of a character: about so many, and at least so many where its units allow it."""

    about: int
    least: int


def held_out(
    counts: Mapping[str, Mapping[Unit, int]],
    wanted: Mapping[str, Wanted],
    seed: int,
    spared: Collection[str] = (),
    fixed: Collection[Unit] = (),
    echoes: Mapping[Unit, int] | None = None,
) -> set[Unit]:
    """The units for validation; a unit is held out for everybody in it.

    Each unit draws a number that only the seed and the unit decide. First the characters, those in the fewest units
    before the others, choose the units with the lowest numbers until they have the least they want. Then every unit is
    held out whose number is below the share that somebody in it wants, unless anybody in it then lost more than
    `OVERSHOOT` times what it wants. So another episode leaves nearly all of the choice as it was.

    A unit that many pictures elsewhere nearly repeat, such as a camera set-up that returns in many shots, is held out
    only if a character has no other: those pictures would be lost for training.

    Nobody loses its last training unit, and nobody more than half of its pictures, but for the first unit that a
    character chooses for itself. Where that leaves a character without validation, others may lose more than half.
    A character seen in a single unit has no validation.

    Args:
        counts: pictures by character and unit.
        wanted: of each character; not named: none for its own sake.
        spared: characters of whom nothing is to be held out.
        fixed: units that are held out whatever follows from it.
        echoes: pictures elsewhere that nearly repeat one of a unit; not named: none.
    """
    board = _Board(counts, set(fixed), frozenset(spared), echoes or {})
    wanted = {name: own for name, own in wanted.items() if board.taken[name] < own.about}  # not by `fixed` already
    number = {unit: float(rng(seed, "split", *_words(unit)).random()) for unit in board.people}
    for character in sorted(wanted, key=lambda name: (len(counts[name]), name)):
        own = sorted(counts[character], key=number.__getitem__)
        for strict in (True, False):
            if strict or not board.taken[character]:
                _choose(board, character, own, wanted[character].least, strict)
    for unit in sorted(number, key=number.__getitem__):
        people = [name for name in board.people[unit] if name in wanted]
        fits = not board.cost[unit] and all(
            board.after(name, unit) <= OVERSHOOT * wanted[name].about for name in people
        )
        for name in people if fits and not board.cost[unit] else ():
            share = wanted[name].about / board.total[name]
            if number[unit] < share and board.can_go(unit, name, strict=True):
                board.hold(unit)
    return board.held


class _Board:
    """Who is in which unit, and how much of each character is held out so far.

    `cost` is how many pictures elsewhere repeat a unit beyond what is allowed.
    """

    def __init__(
        self,
        counts: Mapping[str, Mapping[Unit, int]],
        fixed: set[Unit],
        spared: frozenset[str],
        echoes: Mapping[Unit, int],
    ):
        self.counts, self.spared = counts, spared
        self.people: dict[Unit, list[str]] = defaultdict(list)
        for name in sorted(counts):
            for unit in counts[name]:
                self.people[unit].append(name)
        size = {unit: sum(counts[name][unit] for name in people) for unit, people in self.people.items()}
        self.cost = {unit: max(echoes.get(unit, 0) - REPEATED * size[unit], 0) for unit in size}
        self.total = {name: sum(units.values()) for name, units in counts.items()}
        self.units = {name: len(units) for name, units in counts.items()}
        self.taken: Counter[str] = Counter()
        self.held: set[Unit] = set()
        for unit in fixed:
            self.hold(unit)

    def hold(self, unit: Unit) -> None:
        self.held.add(unit)
        for name in self.people.get(unit, ()):
            self.taken[name] += self.counts[name][unit]
            self.units[name] -= 1

    def after(self, name: str, unit: Unit) -> int:
        """Pictures of a character that are held out if a unit is."""
        return self.taken[name] + self.counts[name][unit]

    def can_go(self, unit: Unit, chooser: str, strict: bool) -> bool:
        """True if everybody in a unit can spare it; strictly, if the others keep half of their pictures too."""
        return unit not in self.held and all(
            self.units[name] > 1
            and name not in self.spared
            and (name == chooser or not strict or self.after(name, unit) <= MOST * self.total[name])
            and (name != chooser or not self.taken[name] or self.after(name, unit) <= MOST * self.total[name])
            for name in self.people[unit]
        )


def _choose(board: _Board, character: str, own: list[Unit], wanted: int, strict: bool) -> None:
    """Holds out units of one character, tried in order; those that cost or bring too much come last, least first."""
    for unit in _tries(board, character, own, wanted):
        if board.taken[character] >= wanted:
            return
        if board.can_go(unit, character, strict):
            board.hold(unit)


def _tries(board: _Board, character: str, own: list[Unit], wanted: int) -> Iterator[Unit]:
    late = []
    for unit in own:
        if not board.cost[unit] and board.after(character, unit) <= OVERSHOOT * wanted:
            yield unit
        else:
            late.append(unit)
    # a stable sort: of equals the first
    yield from sorted(late, key=lambda unit: (board.cost[unit], board.counts[character][unit]))


def _words(unit: Unit) -> tuple[str | int, ...]:
    return unit if isinstance(unit, tuple) else (str(unit),)
