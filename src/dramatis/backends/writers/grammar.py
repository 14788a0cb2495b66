"""The writer that is built in: reads the line, plans panels with an arc, and tells them. No network and no model."""

from collections.abc import Sequence
from pathlib import Path

from dramatis.backends.plot.plan import Plan, Shot
from dramatis.backends.plot.reading import Clause, Spot, read_line
from dramatis.backends.plot.telling import Teller
from dramatis.backends.plot.words import Grammar, Known, load_grammar
from dramatis.backends.plot.world import World
from dramatis.backends.writers import Actor, Attempt, Draft, Task
from dramatis.core import seeds


def load(file: Path) -> "GrammarWriter":
    """The writer with the words of a file.

    Raises:
        MissingError: there is no such file.
        ParameterError: something in it is not allowed.
    """
    return GrammarWriter(load_grammar(file))


class GrammarWriter:
    """Makes scenes by rules; see `Writer`. The same task gives the same text."""

    model = None

    def __init__(self, grammar: Grammar):
        self.grammar = grammar

    def write(self, task: Task, earlier: Sequence[Attempt]) -> str:
        """JSON of a `Draft`.

        Raises:
            ParameterError: the style leaves no room for the trigger words.
        """
        clauses, shots, arc_titles = self.plan(task)
        teller = Teller(self.grammar, Known(task.known), task.actors, task.style)
        rng = seeds.rng(task.seed, "title", task.line)
        titles = [title for one in arc_titles if (title := teller.title(one, shots, clauses))]
        title = titles[int(rng.integers(len(titles)))] if titles else teller.sentence(shots[0])
        return Draft(title=title, scenes=[teller.scene(shot) for shot in shots]).model_dump_json()

    def plan(self, task: Task) -> tuple[list[Clause], list[Shot], list[str]]:
        """The clauses of the line, the shots, and titles of the arc that they follow."""
        rng = seeds.rng(task.seed, "story", task.line, task.panels)
        clauses = read_line(task.line, {key: key for key in task.actors}, self.grammar)
        places = self.places(task)
        world = self._beginning(task, clauses, places)
        plan = Plan(self.grammar, clauses, world, places, free=task.place is None)
        return clauses, plan.make(task.panels, rng), plan.arc().titles

    def places(self, task: Task) -> list[Spot]:
        """Places where it may be: those in which the characters were most often seen first, then those known at all.

        A place counts by the rank of its words among what each of them was seen with.
        """
        known, ranks = Known(task.known), {}
        for name, entry in self.grammar.places.items():
            drawn = known.of(entry.words)
            if not drawn:
                continue
            seen = [_rank(actor, drawn) for actor in task.actors.values()]
            ranks[name] = sum(seen)
        order = sorted(ranks, key=lambda name: ranks[name]) or list(self.grammar.places)
        return [Spot(name, name, self.grammar.places[name].said) for name in order]

    def _beginning(self, task: Task, clauses: Sequence[Clause], places: Sequence[Spot]) -> World:
        """The world before anything has happened."""
        rng = seeds.rng(task.seed, "place", task.line)
        named = [clause.place for clause in clauses if clause.place and clause.effect != "go"]
        if task.place:
            entry = self.grammar.place(task.place)
            said = self.grammar.places[entry].said if entry == task.place else f"in {task.place}"
            place = Spot(task.place, entry, said)
        else:
            place = named[0] if named else places[int(rng.integers(min(3, len(places))))]
        people = list(dict.fromkeys(name for one in clauses for name in (*one.subjects, *one.whom)))
        first = next((clause.subjects[0] for clause in clauses if clause.subjects), next(iter(people), None))
        world = World(
            place=place,
            times=next((clause.times for clause in clauses if clause.times), ()),
            lead=first or next(iter(task.actors), None),
            waiting=[name for name in task.actors if name in people and name != first],
            several=len(people) > 1,
        )
        world.expect(clauses)
        return world


def _rank(actor: Actor, words: Sequence[str]) -> int:
    """Place of the first of some words among what a character was seen with; behind all others if never."""
    return min((actor.places.index(word) for word in words if word in actor.places), default=len(actor.places))
