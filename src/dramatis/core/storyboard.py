"""Storyboards: the scenes of a story, as a writer or a person wrote them and as panels are drawn from them."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from dramatis.core.params import Key, Location, Params, dotted, is_plain, validate
from dramatis.core.tables import read_json

Framing = Literal["close", "medium", "full", "wide"]
"""How much of the people is seen: a head, the upper body, the whole figure, a figure in its surroundings."""

Side = Literal["left", "middle", "right"]
"""Where somebody stands in a panel, as the reader sees it."""

MOST_SCENES = 24
MOST_PEOPLE = 3
"""People of one scene, as many as there are sides."""


MOST_LETTERS = 600
"""Of one text."""
MOST_OBJECTS = 8

Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_LETTERS),
    AfterValidator(is_plain),
]
"""Text on one line, such as a caption or a prompt, in any script."""


class Person(Params):
    """Somebody in a scene."""

    name: Key = Field(description="Key of a character that a run of the story has learned.")
    side: Side = Field("middle", description="Where this character stands.")
    action: Line | None = Field(None, description="What this character does, in a few words; null: nothing special.")
    outfit: Line | None = Field(None, description="What this character wears, in words of captions; null: unsaid.")
    expression: Line | None = Field(None, description="The face, in words of captions; null: unsaid.")


class Scene(Params):
    """One panel of a story."""

    place: Line = Field(description="Where it is, in words of captions.")
    time: Line | None = Field(None, description="When it is, such as night; null: unsaid.")
    action: Line = Field(description="What happens, in one sentence.")
    characters: list[Person] = Field(max_length=MOST_PEOPLE, description="Who is seen, left to right; none: scenery.")
    objects: list[Line] = Field([], max_length=MOST_OBJECTS, description="Things that are seen.")
    framing: Framing = Field(description="How much of the people is seen.")
    prompt: Line = Field(
        description="What the panel is drawn from: trigger words first, then words of captions, the style last."
    )
    caption: Line = Field(description="What the reader reads below the panel.")

    @model_validator(mode="after")
    def _everybody_has_a_place(self) -> "Scene":
        names, sides = ([getattr(one, field) for one in self.characters] for field in ("name", "side"))
        for found, what in ((names, "is there"), (sides, "is taken")):
            twice = next((one for one in found if found.count(one) > 1), None)
            if twice:
                raise ValueError(f"{twice} {what} twice in one scene")
        return self


class Storyboard(Params):
    """A whole story, `data/storyboards/<story>.json`."""

    title: Line = Field(description="Title of the story.")
    line: Line = Field(description="The sentence that it was made from, trigger words in backquotes.")
    style: Line | None = Field(None, description="Words of captions that every panel ends with; null: none.")
    cast: dict[Key, Key] = Field(description="The run that draws each character.")
    scenes: list[Scene] = Field(min_length=1, max_length=MOST_SCENES, description="The panels in order.")

    @model_validator(mode="after")
    def _everybody_has_a_run(self) -> "Storyboard":
        for number, scene in enumerate(self.scenes, 1):
            for one in scene.characters:
                if one.name not in self.cast:
                    known = ", ".join(self.cast) or "nobody"
                    raise ValueError(f"scene {number}: {one.name} is not in the cast of this story, which has {known}")
        return self


def storyboard_in(value: Any, place: str) -> Storyboard:
    """A storyboard, as a file holds it.

    Args:
        value: what the file holds.
        place: the file, for messages.

    Raises:
        ParameterError: a field is at fault; scenes and characters are counted from 1.
    """
    return validate(value, Storyboard, place, path_of=_counted)


def _counted(location: Location) -> str:
    """A location as people count: `scene 1, character 2.side`."""
    rest, counted = list(location), []
    for name in ("scene", "character"):
        match rest:
            case [key, int(position), *below] if key == f"{name}s":
                counted.append(f"{name} {position + 1}")
                rest = below
    return dotted([", ".join(counted), *rest] if counted else rest)


def read_storyboard(file: Path, name: str) -> Storyboard:
    """The storyboard that stage `story` wrote.

    Args:
        file: that it wrote.
        name: of the story.

    Raises:
        MissingError: it did not.
        ParameterError: the file is damaged.
    """
    return storyboard_in(read_json(file, f"story@{name}"), str(file))
