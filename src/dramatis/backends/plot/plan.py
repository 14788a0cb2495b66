"""The panels of a story before they are told: clauses of the line, and between them what else may happen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle

import numpy as np

from dramatis.backends.plot.reading import Clause, Spot
from dramatis.backends.plot.words import Arc, Beat, Grammar, Point
from dramatis.backends.plot.world import Stuff, World
from dramatis.core.storyboard import MOST_PEOPLE, Framing

APART = 3
"""Panels between two of the same beat."""
OF_CLAUSES: tuple[Framing, ...] = ("medium", "full")
"""How a clause is seen whose verb the grammar lacks."""
SCENERY: Framing = "wide"
"""How a panel without people is seen."""
SEEK = "seek"
"""Effect of a verb whose thing is not to be seen."""


@dataclass(frozen=True)
class Held:
    """A thing as it is after a panel."""

    key: str
    holder: str | None
    at: Spot | None
    ended: bool


@dataclass(frozen=True)
class Shot:
    """What one panel shows."""

    point: str
    """Part of the arc."""
    clauses: tuple[Clause, ...]
    """What of the line happens; none if a beat does."""
    beat: Beat | None
    people: tuple[str, ...]
    who: tuple[str, ...]
    """Those of them who act."""
    face: str
    framing: Framing
    place: Spot
    times: tuple[Spot, ...]
    things: tuple[Stuff, ...]
    """What is seen of things, as it is after the panel."""
    about: Stuff | None
    """The thing that the beat speaks of, as it was before the panel."""
    after: tuple[Held, ...]
    """All things after the panel."""


class Plan:
    """Makes the shots of one story, one after the other; the same of the same generator."""

    def __init__(self, grammar: Grammar, clauses: Sequence[Clause], world: World, places: Sequence[Spot], free: bool):
        """Args:
        clauses: of the line.
        world: as it is at the beginning.
        places: where it may go, the likeliest first.
        free: whether beats may change the place.
        """
        self.grammar, self.clauses, self.world, self.places, self.free = grammar, clauses, world, places, free
        self.used: Counter[str] = Counter()
        self.last: list[str] = []
        self.shots: list[Shot] = []

    def arc(self) -> Arc:
        """The arc of this line: the first that has one of its verbs."""
        effects, arcs = {clause.effect for clause in self.clauses}, self.grammar.arcs.values()
        thing = any(clause.thing for clause in self.clauses)
        fits = (arc for arc in arcs if effects.intersection(arc.when) and (thing or not arc.thing))
        return next(fits, next(arc for arc in arcs if not arc.when))

    def make(self, panels: int, rng: np.random.Generator) -> list[Shot]:
        """So many shots."""
        arc = self.arc()
        groups = in_groups(self.clauses, min(panels, len(self.clauses)))
        at = points_of(groups, arc)
        free = Counter(dict.fromkeys((point.name for point in arc.points), 0))
        for _, name in zip(range(panels - len(groups)), cycle(arc.fill)):
            free[name] += 1
        done = 0
        for number, point in enumerate(arc.points):
            here = [group for group, place in zip(groups, at, strict=True) if place == number]
            if number == 0:
                self._fill(point, free[point.name], done, rng)
            for group in here:
                self._clauses(point, group, rng)
                done += len(group)
            if number:
                self._fill(point, free[point.name], done, rng)
        return self.shots

    def _clauses(self, point: Point, group: Sequence[Clause], rng: np.random.Generator) -> None:
        """A shot of what the line says."""
        for clause in group:
            self.world.does(clause)
        last = group[-1]
        everybody = list(dict.fromkeys(name for clause in group for name in (*clause.subjects, *clause.whom)))
        of_last = list(dict.fromkeys((*last.subjects, *last.whom)))
        people = tuple(everybody if len(everybody) <= MOST_PEOPLE else of_last[:MOST_PEOPLE] or everybody[:MOST_PEOPLE])
        verb = self.grammar.by_form.get(last.verb or "")
        framings = verb.framings if verb and last.effect else OF_CLAUSES
        shot = self._shot(point, people, last.subjects, last.face or "calm", self._framing(framings, people, rng))
        thing = last.thing and last.effect != SEEK and self.world.thing
        seen = tuple(dict.fromkeys((*((thing.noun,) if thing else ()), *(one.noun for one in shot.things))))
        things = tuple(self._as_it_is(noun) for noun in seen)
        self.shots.append(replace(shot, clauses=tuple(group), things=things))

    def _as_it_is(self, noun: object) -> Stuff:
        return next(replace(stuff) for stuff in self.world.things.values() if stuff.noun == noun)

    def _fill(self, point: Point, count: int, done: int, rng: np.random.Generator) -> None:
        """Shots of beats."""
        ahead = self.clauses[done:]
        for _ in range(count):
            name = self._beat(point, ahead, rng)
            beat, about = self.grammar.beats[name], self.world.thing
            about = replace(about) if about else None
            who = self._who(beat)
            if beat.moves and self.shots:
                self.world.place = self._elsewhere(rng)
            people = who
            if beat.effect == "give" and self.world.thing and self.world.thing.owner:
                people = (*who, self.world.thing.owner)
                self.world.thing.goes_to(self.world.thing.owner)
            shot = self._shot(point, people, who, beat.face, self._framing(beat.framings, people, rng))
            shown = tuple(replace(self.world.thing) for _ in "1" if beat.shows and self.world.thing)
            self.shots.append(replace(shot, beat=beat, about=about, things=(*shown, *shot.things)))
            self.used[name] += 1
            self.last = [*self.last, name][-APART:]

    def _beat(self, point: Point, ahead: Sequence[Clause], rng: np.random.Generator) -> str:
        """A beat that can happen now: one of this point that was told least, else one that always can."""
        fits = [name for name in point.beats if self._can(name, ahead)]
        if not fits:
            fits = [name for name, beat in self.grammar.beats.items() if not beat.moves and self._can(name, ahead)]
        if not fits:
            plain = {name: beat for name, beat in self.grammar.beats.items() if not beat.needs and not beat.moves}
            fits = [name for name, beat in plain.items() if self._who(beat)]
        noise = rng.random(len(fits)) * 1.5
        return min(enumerate(fits), key=lambda one: (self.used[one[1]], one[0] + noise[one[0]]))[1]

    def _can(self, name: str, ahead: Sequence[Clause]) -> bool:
        beat = self.grammar.beats[name]
        if name in self.last or not all(self.world.has(need) for need in beat.needs):
            return False
        if beat.who == "none":
            return not self.shots or self.shots[-1].framing != SCENERY
        if not self._who(beat):
            return False
        return not beat.moves or self._may_move(ahead)

    def _may_move(self, ahead: Sequence[Clause]) -> bool:
        """Whether the story may go elsewhere: nothing lies here, and the line has no place for what comes."""
        lying = any(stuff.at for stuff in self.world.things.values())
        moved = sum(one.moves for one in (shot.beat for shot in self.shots) if one)
        room = moved <= len(self.shots) // 8 and len(self.places) > 1
        return self.free and room and not lying and not any(clause.place for clause in ahead)

    def _elsewhere(self, rng: np.random.Generator) -> Spot:
        others = [spot for spot in self.places if spot.entry != self.world.place.entry]
        return others[int(rng.integers(min(len(others), 3)))]

    def _who(self, beat: Beat) -> tuple[str, ...]:
        """Who acts in a beat; nobody if there is no such person."""
        world, thing = self.world, self.world.thing
        one = {
            "lead": world.lead,
            "owner": thing.owner if thing else None,
            "holder": thing.holder if thing else None,
            "next": world.waiting[0] if world.waiting and self.shots else None,
        }.get(beat.who)
        if beat.who == "all":
            return world.met or ((world.lead,) if world.lead else ())
        return (one,) if one else ()

    def _framing(self, may: Sequence[Framing], people: Sequence[str], rng: np.random.Generator) -> Framing:
        """How much is seen: not the same twice in a row, and wide without people."""
        if not people:
            return SCENERY
        before = self.shots[-1].framing if self.shots else None
        room = [name for name, view in self.grammar.framings.items() if view.most_people >= len(people)]
        fits = [name for name in room if name in may and name != before] or [name for name in room if name != before]
        shares = np.array([self.grammar.framings[name].share for name in fits], float)
        return fits[int(rng.choice(len(fits), p=shares / shares.sum()))] if fits else "medium"

    def _shot(self, point: Point, people: tuple[str, ...], who: tuple[str, ...], face: str, framing: Framing) -> Shot:
        """A shot of the world as it is, seen by these people."""
        self.world.seen(people)
        after = tuple(Held(key, one.holder, one.at, one.ended) for key, one in self.world.things.items())
        things = tuple(replace(stuff) for stuff in self.world.had_by(people))
        place, times = self.world.place, self.world.times
        return Shot(point.name, (), None, people, who, face, framing, place, times, things, None, after)


def in_groups(clauses: Sequence[Clause], count: int) -> list[Sequence[Clause]]:
    """Clauses in so many groups of neighbours, as even as can be."""
    edges = [round(number * len(clauses) / count) for number in range(count + 1)]
    return [clauses[start:end] for start, end in zip(edges, edges[1:])]


def points_of(groups: Sequence[Sequence[Clause]], arc: Arc) -> list[int]:
    """For each group the number of the arc's point at which it happens, never before that of the group before."""
    found, least = [], 0
    for group in groups:
        effects = {clause.effect for clause in group}
        fits = [n for n, point in enumerate(arc.points) if n >= least and effects.intersection(point.takes)]
        least = fits[0] if fits else least
        found.append(least)
    return found
