"""The words of the grammar, `grammar.yaml`: places, things, verbs, what may happen, and arcs."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, model_validator

from dramatis.core.params import Key, Params, read_yaml, validate
from dramatis.core.storyboard import Framing, Line

Effect = Literal["lose", "take", "give", "hold", "end", "meet", "go", "part", "seek", "feel"]
"""What a verb does: see docs/stories.md."""
Need = Literal["held", "lying", "ended", "away", "returned", "nothing", "two", "met"]
"""What must hold for a beat to happen: where the thing is, and who is there."""
Who = Literal["lead", "owner", "holder", "next", "all", "none"]
Lower = Annotated[Line, Field(pattern=r"^[^A-Z]*$")]


class View(Params):
    """How much is seen."""

    words: list[Lower] = Field(description="Words of captions for it.")
    most_people: int = Field(ge=1, le=3, description="People that fit in.")
    share: int = Field(ge=1, le=100, description="How often it is chosen beside the others.")


class Where(Params):
    """A place, or a time."""

    words: list[Lower] = Field(description="Words of captions for it.")
    said: Line = Field(description="How a sentence puts it.")
    also: list[Lower] = Field([], description="Other words of a line for it.")


class Thing(Params):
    """Something that people have."""

    words: list[Lower] = Field(description="Words of captions for it.")
    also: list[Lower] = Field([], description="Other words of a line for it; they stand in the text as they are.")
    worn: bool = Field(False, description="Whether it is worn.")


class Verb(Params):
    """What somebody does."""

    forms: list[Lower] = Field(min_length=1, description="All forms that a line may use.")
    effect: Effect = Field(description="What it does to people and things.")
    face: Key = Field(description="The face of who does it.")
    framings: list[Framing] = Field(
        ["medium", "full", "close"], min_length=1, description="How it may be seen, if that differs."
    )


class Beat(Params):
    """What may happen beside the line."""

    say: Line = Field(description="The sentence.")
    who: Who = Field(description="Who is seen.")
    needs: list[Need] = Field([], description="When it may happen.")
    effect: Literal["give"] | None = Field(None, description="give: the thing goes back to its owner.")
    face: Key = Field("calm", description="The face of who is seen.")
    framings: list[Framing] = Field(min_length=1, description="How it may be seen.")
    moves: bool = Field(False, description="Whether it is at another place than what was before.")
    shows: bool = Field(False, description="Whether the thing is seen though nobody has it.")


class Point(Params):
    """A part of an arc."""

    name: Key = Field(description="Its name.")
    takes: list[Effect] = Field(description="Verbs of the line that belong here.")
    beats: list[Key] = Field(min_length=1, description="What else may happen here, the likeliest first.")


class Arc(Params):
    """A way that a story goes."""

    when: list[Effect] = Field(description="Of which verbs a line must have one.")
    thing: bool = Field(False, description="Whether the line must also speak of a thing.")
    titles: list[Line] = Field(min_length=1, description="Titles.")
    fill: list[Key] = Field(min_length=1, description="Points in the order in which they get panels.")
    points: list[Point] = Field(min_length=1, description="Its parts.")


class Grammar(Params):
    """What writer `grammar` knows."""

    framings: dict[Framing, View]
    view: list[Lower]
    nobody: list[Lower]
    faces: dict[Key, list[Lower]]
    wear: list[Lower]
    places: Annotated[dict[Lower, Where], Field(min_length=1)]
    times: dict[Lower, Where]
    objects: dict[Lower, Thing]
    verbs: dict[Key, Verb]
    beats: dict[Key, Beat]
    arcs: Annotated[dict[Key, Arc], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_what_there_is(self) -> "Grammar":
        if missing := {"close", "medium", "full", "wide"} - set(self.framings):
            raise ValueError(f"framings lack {min(missing)}")
        faces = {verb.face for verb in self.verbs.values()} | {beat.face for beat in self.beats.values()}
        beats = {name for arc in self.arcs.values() for point in arc.points for name in point.beats}
        for used, known, what in ((faces, self.faces, "face"), (beats, self.beats, "beat")):
            if unknown := used - set(known):
                raise ValueError(f"there is no {what} {min(unknown)}")
        for name, arc in self.arcs.items():
            if unknown := set(arc.fill) - {point.name for point in arc.points}:
                raise ValueError(f"arc {name} has no point {min(unknown)}")
        if all(arc.when for arc in self.arcs.values()):
            raise ValueError("one arc needs `when: []`: that of lines to which no other fits")
        return self

    @cached_property
    def by_form(self) -> dict[str, Verb]:
        """Every form of every verb; of two verbs with the same form the first counts."""
        return {form: verb for verb in reversed(self.verbs.values()) for form in verb.forms}

    def place(self, phrase: str) -> str | None:
        """The place that a noun phrase means."""
        return _named(phrase, self.places)

    def time(self, phrase: str) -> str | None:
        """The time or weather that a noun phrase means."""
        return _named(phrase, self.times)

    def thing(self, phrase: str) -> str | None:
        """The thing that a noun phrase means."""
        return _named(phrase, self.objects)


class Known(NamedTuple):
    """Words of captions that a base may be asked for."""

    words: frozenset[str] | None
    """None: all."""

    def of(self, words: list[str]) -> list[str]:
        """Those that are known, in the order given."""
        return words if self.words is None else [word for word in words if word in self.words]


def load_grammar(file: Path) -> Grammar:
    """The grammar in a file.

    Raises:
        MissingError: there is no such file.
        ParameterError: it is no YAML, or something in it is not allowed.
    """
    return validate(read_yaml(file), Grammar, str(file))


def _named(phrase: str, entries: "dict[str, Where] | dict[str, Thing]") -> str | None:
    """The entry whose word a phrase is, or ends with; a plural counts as its singular."""
    phrase = phrase.lower()
    for said in dict.fromkeys((phrase, phrase.split()[-1] if phrase else "")):
        for form in dict.fromkeys((said, said.removesuffix("s"))):
            for name, entry in entries.items():
                if form == name or form in entry.also:
                    return name
    return None
