"""Shots in words: captions for the reader, actions, and prompts in words of captions."""

import re
from collections.abc import Mapping, Sequence

from dramatis.backends.plot.plan import Shot
from dramatis.backends.plot.reading import Clause, Noun
from dramatis.backends.plot.words import Grammar, Known
from dramatis.backends.plot.world import Stuff
from dramatis.backends.writers import Actor
from dramatis.core.captions import JOINT
from dramatis.core.errors import ParameterError
from dramatis.core.storyboard import MOST_LETTERS, MOST_OBJECTS, Person, Scene, Side

SIDES: dict[int, tuple[Side, ...]] = {1: ("middle",), 2: ("left", "right"), 3: ("left", "middle", "right")}
"""Where people stand, in the order of the cast, so that nobody changes sides from panel to panel."""
MOST_OF_FACE = 2
"""Words of captions for a face."""
ROOM = MOST_LETTERS - 2
"""Letters of a sentence, without the sign at its end."""
THING = ("thing", "own", "Thing", "Own", "thing_bare")
"""Places in sentences for a thing."""
_NAME = re.compile(r"`([^`]+)`")
_NUMBER = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")


class Teller:
    """Turns shots into scenes."""

    def __init__(self, grammar: Grammar, known: Known, actors: Mapping[str, Actor], style: str | None):
        self.grammar, self.known, self.actors, self.style = grammar, known, actors, style

    def scene(self, shot: Shot) -> Scene:
        """One scene."""
        sentence = self.sentence(shot)
        order = [name for name in self.actors if name in shot.people]
        sides = dict(zip(order, SIDES.get(len(order), ()), strict=True))
        objects = list(dict.fromkeys(stuff.noun.name for stuff in shot.things))
        face = self.known.of(self.grammar.faces.get(shot.face, []))[:MOST_OF_FACE]
        return Scene(
            place=shot.place.name,
            time=JOINT.join(dict.fromkeys(spot.name for spot in shot.times)) or None,
            action=sentence,
            characters=[
                Person(
                    name=name,
                    side=sides[name],
                    action=self.action(shot) if name in shot.who else None,
                    outfit=self.actors[name].outfit,
                    expression=JOINT.join(face) if face and name in shot.who else None,
                )
                for name in order
            ],
            objects=objects[:MOST_OBJECTS],
            framing=shot.framing,
            prompt=self.prompt(shot, order, face),
            caption=sentence,
        )

    def prompt(self, shot: Shot, order: Sequence[str], face: Sequence[str]) -> str:
        """Trigger words, how much is seen, faces, outfits, place, time, things; the style last.

        Raises:
            ParameterError: the style leaves no room for the trigger words.
        """
        grammar, people = self.grammar, [self.actors[name] for name in order]
        alone = len(people) == 1
        words = [actor.trigger for actor in people]
        words += [people[0].people] if alone and people[0].people else []
        words += self.known.of([*grammar.framings[shot.framing].words, *grammar.view] if people else grammar.nobody)
        words += face if alone else []
        words += [word for actor in people if actor.outfit for word in actor.outfit.split(JOINT)]
        words += self._drawn(shot.place.name, grammar.places[shot.place.entry].words if shot.place.entry else None)
        for spot in shot.times:
            words += self._drawn(spot.name, grammar.times[spot.entry].words if spot.entry else None)
        for stuff in shot.things:
            entry = grammar.objects[stuff.noun.entry].words if stuff.noun.entry else None
            words += self._drawn(stuff.noun.name, entry)
        if not words:  # scenery of which the base knows no word
            words = [shot.place.name]
        last = self.style.split(JOINT) if self.style else []
        words = [word for word in dict.fromkeys(words) if word not in last]
        while len(JOINT.join([*words, *last])) > MOST_LETTERS and len(words) > len(people):
            words.pop()
        prompt = JOINT.join([*words, *last])
        if len(prompt) > MOST_LETTERS:
            problem = f"with it a prompt has {len(prompt)} letters, and at most {MOST_LETTERS} are allowed"
            raise ParameterError("style", problem, "Shorten it")
        return prompt

    def _drawn(self, name: str, entry: Sequence[str] | None) -> list[str]:
        """Words of captions for something: as the line has it if that is known, else those of the grammar."""
        own = self.known.of([name.lower()])
        return own if own and self.known.words is not None else self.known.of(list(entry or [name.lower()]))

    def sentence(self, shot: Shot) -> str:
        """What the reader reads."""
        if shot.beat:
            return self._finished(self._filled(shot.beat.say, shot))
        said = [self._said(clause, number) for number, clause in enumerate(shot.clauses)]
        return self._finished(", and ".join(said))

    def action(self, shot: Shot) -> str:
        """What those do who act, without their names."""
        if shot.beat:
            text = self._filled(shot.beat.say.partition("{who}")[2] or shot.beat.say, shot)
        else:
            text = shot.clauses[-1].text
            verb = re.search(rf"\b{re.escape(shot.clauses[-1].verb or '')}\b", text, re.IGNORECASE)
            text = text[verb.start() :] if verb and shot.clauses[-1].verb else text
        return _cut(self._displayed(text).strip(" .,")) or "is there"

    def title(self, template: str, shots: Sequence[Shot], clauses: Sequence[Clause]) -> str | None:
        """A title; None if the story lacks what it speaks of."""
        thing = next((clause.thing for clause in clauses if clause.thing), None)
        owner = clauses[0].subjects[0] if clauses[0].subjects else None
        about = Stuff(thing, owner=owner, shown=True) if thing else None
        whom = next((name for clause in clauses for name in clause.whom), None)
        people = list(dict.fromkeys(name for shot in shots for name in shot.people))[:3]
        there = {**dict.fromkeys(THING, thing), "whom": whom, "who": people}
        if any(not there.get(place, True) for place in re.findall(r"\{(\w+)\}", template)):
            return None
        words = self._words(about, people[:1]) | {
            "who": self._joined(people),
            "whom": f"`{whom}`",
            "here": shots[0].place.said,
        }
        return _cut(self._capital(self._displayed(template.format_map(words))))

    def _said(self, clause: Clause, number: int) -> str:
        """The words of the line, with who does it where they do not say so."""
        text = clause.text.strip(" .,")
        if not clause.named and clause.subjects and not number:
            text = f"{self._joined(clause.subjects)} {text}"
        return text

    def _filled(self, template: str, shot: Shot) -> str:
        text = _NUMBER.sub(lambda match: match[1 if len(shot.who) < 2 else 2], template)
        whom = next((name for name in shot.people if name not in shot.who), None)
        words = self._words(shot.about, shot.who) | {
            "who": self._joined(shot.who),
            "whom": f"`{whom}`" if whom else "somebody",
            "here": shot.place.said,
        }
        return text.format_map(words)

    def _words(self, stuff: Stuff | None, who: Sequence[str]) -> dict[str, str]:
        """The ways to speak of a thing."""
        if stuff is None:
            return dict.fromkeys(THING, "")
        thing = _article(stuff.noun, stuff.shown)
        owned = stuff.noun.possessive and [stuff.owner] == list(who)
        own = f"{stuff.noun.possessive} {stuff.noun.name}" if owned else thing
        return {
            "thing": thing,
            "own": own,
            "Thing": self._capital(thing),
            "Own": self._capital(own),
            "thing_bare": stuff.noun.name,
        }

    def _joined(self, names: Sequence[str]) -> str:
        said = [f"`{name}`" for name in names]
        return " and ".join(filter(None, (", ".join(said[:-1]), *said[-1:])))

    def _displayed(self, text: str) -> str:
        """Text with the names of characters in place of their ids in backquotes."""
        return _NAME.sub(lambda match: self.actors[match[1]].name if match[1] in self.actors else match[1], text)

    def _finished(self, text: str) -> str:
        """A sentence with a capital and a full stop."""
        text = _cut(self._capital(self._displayed(text).strip()))
        return text if text.endswith((".", "!", "?", "…", "。", "！", "？")) else f"{text}."

    @staticmethod
    def _capital(text: str) -> str:
        return text[:1].upper() + text[1:]


def _cut(text: str) -> str:
    """Text that is not too long for a scene."""
    return text if len(text) <= ROOM else f"{text[:ROOM]}…"


def _article(noun: Noun, shown: bool) -> str:
    """A thing with `the` where the reader knows it, else with `a`, `an` or `some`."""
    if shown:
        return f"the {noun.name}"
    if noun.plural:
        return f"some {noun.name}"
    return f"{'an' if noun.name[:1].lower() in 'aeiou' else 'a'} {noun.name}"
