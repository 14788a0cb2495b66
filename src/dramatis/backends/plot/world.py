"""What is so at one moment of a story: who has what, who is where, who has met."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dramatis.backends.plot.reading import Clause, Noun, Spot
from dramatis.backends.plot.words import Need

HERS_FROM_THE_START = ("lose", "give", "end")
"""Effects of things that whoever does it must have had before."""


@dataclass
class Stuff:
    """A thing, and where it is."""

    noun: Noun
    owner: str | None = None
    """Who had it first; None as long as nobody had."""
    holder: str | None = None
    """Who has it; None if nobody."""
    at: Spot | None = None
    """Where it lies if nobody has it."""
    ended: bool = False
    returned: bool = False
    """Whether its owner has it again."""
    shown: bool = False
    """Whether the reader knows of it."""

    def goes_to(self, holder: str | None) -> None:
        """Changes hands; to None: it lies where it is."""
        self.owner = self.owner or holder
        self.returned = holder is not None and holder == self.owner and self.holder != holder and self.shown
        self.holder = holder


@dataclass
class World:
    """The state of a story."""

    place: Spot
    times: tuple[Spot, ...]
    lead: str | None
    waiting: list[str]
    """Characters who have not come yet, in the order in which they will."""
    several: bool = False
    """Whether there are several characters."""
    things: dict[str, Stuff] = field(default_factory=dict)
    now: str | None = None
    """Key of the thing that the story is about now."""
    met: tuple[str, ...] = ()
    """Those who were together last."""

    @property
    def thing(self) -> Stuff | None:
        """The thing that the story is about now."""
        return self.things.get(self.now) if self.now else None

    def seen(self, people: Sequence[str]) -> None:
        """Some people are in a panel."""
        self.waiting = [name for name in self.waiting if name not in people]
        if len(people) > 1:
            self.met = tuple(people)
        for stuff in self.had_by(people):
            stuff.shown = True

    def had_by(self, people: Sequence[str]) -> list[Stuff]:
        """Things that some people have with them."""
        return [stuff for stuff in self.things.values() if stuff.holder in people and stuff.holder]

    def expect(self, clauses: Sequence[Clause]) -> None:
        """Gives things to those who will lose them or give them away, before anything happens."""
        for clause in clauses:
            key = key_of(clause.thing) if clause.thing else None
            if clause.thing is None or key is None or key in self.things:
                continue
            stuff = self.things[key] = Stuff(clause.thing)
            if clause.effect in HERS_FROM_THE_START and clause.subjects:
                stuff.goes_to(clause.subjects[0])
            elif clause.effect == "take" and clause.whom:  # stolen, or taken from somebody
                stuff.goes_to(clause.whom[0])
            elif clause.effect == "seek" and clause.subjects:
                stuff.owner, stuff.at = clause.subjects[0], self.place
            self.now = self.now or (key if stuff.holder or stuff.at else None)

    def does(self, clause: Clause) -> None:
        """Lets a clause of the line happen."""
        stuff = self.things.get(key_of(clause.thing)) if clause.thing else None
        self._goes(clause, stuff)
        self.times = clause.times or self.times
        if clause.thing and stuff:
            self.now, stuff.shown = key_of(clause.thing), True
            self._handles(clause, stuff)

    def _goes(self, clause: Clause, stuff: Stuff | None) -> None:
        if clause.place:
            self.place = clause.place
        elif clause.effect == "take" and stuff and stuff.at:
            self.place = stuff.at

    def _handles(self, clause: Clause, stuff: Stuff) -> None:
        """What a clause does to its thing."""
        who = clause.subjects[0] if clause.subjects else None
        if clause.effect == "lose" or (clause.effect in ("take", "hold") and who is None):
            stuff.goes_to(None)
            stuff.at = self.place
        elif clause.effect in ("take", "hold") or (clause.effect is None and not stuff.owner and stuff.noun.entry):
            stuff.goes_to(who)
            stuff.at = None
        elif clause.effect == "give":
            whom = clause.whom[0] if clause.whom else stuff.owner
            stuff.goes_to(whom or who)
            stuff.at = None
        elif clause.effect == "end":
            stuff.holder, stuff.at, stuff.ended = None, None, True

    def has(self, need: Need) -> bool:
        """Whether something that a beat needs is so."""
        stuff = self.thing
        if need == "two":
            return self.several
        if need == "met":
            return len(self.met) > 1
        if stuff is None or not (stuff.holder or stuff.at or stuff.ended):
            return need == "nothing"
        return {
            "held": stuff.holder is not None and stuff.owner == stuff.holder,
            "lying": stuff.at is not None and stuff.holder is None and stuff.owner is not None,
            "ended": stuff.ended and stuff.owner is not None,
            "away": stuff.holder is not None and stuff.owner not in (None, stuff.holder),
            "returned": stuff.returned,
        }.get(need, False)


def key_of(noun: Noun) -> str:
    """What says that two nouns of a line are the same thing."""
    return noun.entry or noun.name
