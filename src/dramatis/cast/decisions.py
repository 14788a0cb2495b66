"""What people decided about the cast: `cast.yaml`, keyed by moment, reference picture and name, never by an id."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from dramatis.core.errors import ParameterError
from dramatis.core.moments import FORM, parse
from dramatis.core.params import Key, Params, Word

FILE = Path("cast.yaml")


class Character(Params):
    """How a character is shown and called."""

    display: str | None = Field(None, min_length=1, description="Name for people; null for the id with a capital.")
    trigger: Word | None = Field(None, description="Word in captions and prompts; null for the id.")


class Decisions(Params):
    """All sections of `cast.yaml`. DVC looks at each, so all keys stay there; what nobody decided is empty.

    A reference picture is named `<folder>/<file>`, a track by a moment of it (`<video>@<seconds>:<x>,<y>`).
    """

    characters: dict[Key, Character] = Field({}, description="Display name and trigger word of each id.")
    rename: dict[Key, Key] = Field({}, description="Reference folder: the id that its character gets instead.")
    merge: dict[Key, Key] = Field({}, description="Id: the other id that is the same character.")
    pins: dict[str, Key] = Field({}, description="Moment or reference picture: the id of who it shows.")
    reject: list[str] = Field([], description="Moments and reference pictures that show nobody of the cast.")
    captions: dict[str, str] = Field({}, description="Read by stage `caption`.")

    @model_validator(mode="before")
    @classmethod
    def _empty_sections(cls, sections: Any) -> Any:
        """A key that nothing stands behind is an empty section."""
        return {k: v for k, v in sections.items() if v is not None} if isinstance(sections, Mapping) else sections

    def merged(self, name: str) -> str:
        """The id that a character's id ends up as."""
        for _ in range(len(self.merge)):
            name = self.merge.get(name, name)
        return name

    def named(self, folder: str) -> str:
        """The id that the character of a reference folder ends up with."""
        return self.merged(self.rename.get(folder, folder))

    def held(self, folders: Iterable[str]) -> set[str]:
        """The ids that reference folders and pins give."""
        return {*map(self.named, folders), *map(self.merged, self.pins.values())}


def check(decisions: Decisions, folders: Iterable[str], pictures: Iterable[str]) -> None:
    """Compares the decisions with what there is. Moments are only read: a video may be away for a while.

    Args:
        folders: names of the reference folders.
        pictures: reference pictures, `<folder>/<file>`.

    Raises:
        ParameterError: a decision is about a name or picture that does not exist, or contradicts another.
    """
    folders, pictures = set(folders), set(pictures)
    names = {decisions.rename.get(folder, folder) for folder in folders} | decisions.characters.keys()
    _check_renames(decisions, folders)
    _check_merges(decisions, names)
    _check_faces(decisions, pictures, names)
    _check_characters(decisions, folders)


def _check_renames(decisions: Decisions, folders: set[str]) -> None:
    for old, new in decisions.rename.items():
        _known(f"rename.{old}", old, folders, "no reference folder has this name", "Name one of the folders")
        if new in folders - decisions.rename.keys() or list(decisions.rename.values()).count(new) > 1:
            raise ParameterError(
                f"{FILE}: rename.{old}",
                f"{new!r} is already the name of another character",
                f"Write `merge: {{{old}: {new}}}` if they are one",
            )


def _check_merges(decisions: Decisions, names: set[str]) -> None:
    problem = "no reference folder and no entry under `characters` has this name"
    for old, into in decisions.merge.items():
        for name in (old, into):
            _known(f"merge.{old}", name, names, problem, "Correct it")
        if decisions.merged(into) in decisions.merge:
            raise ParameterError(
                f"{FILE}: merge.{old}", f"{into!r} leads back to {old!r}", "Take one of the entries out"
            )
        if old in decisions.characters:
            raise ParameterError(
                f"{FILE}: characters.{old}", f"merged into {into!r}", f"Move its values to `characters.{into}`"
            )


def _check_faces(decisions: Decisions, pictures: set[str], names: set[str]) -> None:
    """Pins and rejections, which are about moments and reference pictures."""
    problem = f"no moment ({FORM}) and no reference picture"
    for thing, name in decisions.pins.items():
        if not parse(thing):
            _known(f"pins.{thing}", thing, pictures, problem, "Correct or remove it")
        _known(f"pins.{thing}", name, names, "no such character", f"Add `{name}: {{}}` under `characters` first")
    for thing in decisions.reject:
        if not parse(thing):
            _known("reject", thing, pictures, problem, "Correct or remove it")
        if thing in decisions.pins:
            raise ParameterError(f"{FILE}: reject", f"{thing!r} is also pinned", "Remove one of the two decisions")


def _check_characters(decisions: Decisions, folders: set[str]) -> None:
    held = decisions.held(folders)
    problem = "no video and no reference folder holds this name"
    for name in decisions.characters:
        remedy = f"Pin one of its tracks to it, add pictures to the reference folder `{name}`, or remove it"
        _known(f"characters.{name}", name, held, problem, remedy)
    owner: dict[str, str] = {}
    for name in sorted(held):
        trigger = trigger_of(name, decisions.characters)
        other = owner.setdefault(trigger.casefold(), name)
        if other != name:
            place = f"{FILE}: characters.{name if name in decisions.characters else other}.trigger"
            raise ParameterError(place, f"{trigger!r} stands for {other!r} and {name!r}", "Give one of them another")


def _known(place: str, value: str, allowed: set[str], problem: str, remedy: str) -> None:
    if value not in allowed:
        listed = sorted(allowed)
        some = ", ".join(listed[:8]) + (f" and {len(listed) - 8} more" if len(listed) > 8 else "") if listed else "none"
        raise ParameterError(f"{FILE}: {place}", f"{value!r}: {problem}; there are: {some}", remedy)


def display_of(name: str, characters: Mapping[str, Character]) -> str:
    """Name for people: as decided, or the id with a capital letter and without dashes."""
    decided = characters.get(name, Character()).display
    return decided or name.replace("_", " ").replace("-", " ").capitalize()


def trigger_of(name: str, characters: Mapping[str, Character]) -> str:
    """Trigger word: as decided, or the id."""
    return characters.get(name, Character()).trigger or name
