"""What people decided about the cast: `cast.yaml`, keyed by moment, reference picture and name, never by an id."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field, model_validator

from dramatis.cast.lines import values_of
from dramatis.cast.naming import REJECTION
from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.moments import FORM, parse
from dramatis.core.params import Key, Name, Params, Word, validate
from dramatis.core.yaml_lines import text_of

FILE = Path("cast.yaml")
PICTURE = re.compile(r"[^/\n]+/[^/\n]+")
"""`<folder>/<file>`, a reference picture."""
ABOUT_FACES = ("pins", "reject", "not_a_person")
"""Sections of which only one can hold a face."""
SAID = {"pins": "pinned", "reject": "rejected", "not_a_person": "not a person"}


class Character(Params):
    """How a character is shown and called."""

    display: Name | None = Field(None, description="Name for people; null for the id with a capital.")
    trigger: Word | None = Field(None, description="Word in captions and prompts; null for the id.")


class Unmet(NamedTuple):
    """A decision that cannot be applied now; it stays in `cast.yaml` and waits."""

    section: str
    key: str
    """The moment, picture, folder or name that it is about."""
    reason: str


class Decisions(Params):
    """All sections of `cast.yaml`. DVC looks at each, so all keys stay there; what nobody decided is empty.

    A reference picture is named `<folder>/<file>`, a track by a moment of it (`<video>@<seconds>:<x>,<y>`).
    """

    characters: dict[Key, Character] = Field({}, description="Display name and trigger word of each id.")
    rename: dict[Key, Key] = Field({}, description="Reference folder: the id that its character gets instead.")
    merge: dict[Key, Key] = Field({}, description="Id: the other id that is the same character.")
    pins: dict[str, Key] = Field(
        {}, description="Moment or picture: the id of who it shows; `not_a_character`: the whole cluster is nobody."
    )
    reject: list[str] = Field([], description="Moments and reference pictures that show nobody of the cast.")
    not_a_person: list[str] = Field([], description="Moments of false detections: posters, hoods, statues.")
    outfits: dict[str, Key] = Field({}, description="Moment: the id of the outfit that the character wears.")

    @model_validator(mode="before")
    @classmethod
    def _empty_sections(cls, sections: Any) -> Any:
        """A key that nothing stands behind is an empty section, and a character without fields an empty entry."""
        if not isinstance(sections, Mapping):
            return sections
        given = {key: value for key, value in sections.items() if value is not None}
        if isinstance(given.get("characters"), Mapping):
            given["characters"] = {name: {} if v is None else v for name, v in given["characters"].items()}
        return given

    def merged(self, name: str) -> str:
        """The id that a character's id ends up as."""
        for _ in range(len(self.merge)):
            name = self.merge.get(name, name)
        return name

    def named(self, folder: str) -> str:
        """The id that the character of a reference folder ends up with."""
        return self.merged(self.rename.get(folder, folder))

    def shown_by(self, picture: str) -> str | None:
        """The id of the character that a reference picture (`<folder>/<file>`) shows; None if it is rejected."""
        if picture in self.reject:
            return None
        return self.merged(self.pins[picture]) if picture in self.pins else self.named(picture.split("/")[0])

    def held(self, folders: Iterable[str]) -> set[str]:
        """The ids of the characters that reference folders and pins give."""
        return {*map(self.named, folders), *map(self.merged, self.pins.values())} - {REJECTION}

    def known(self, folders: Iterable[str]) -> set[str]:
        """The ids that pins and merges may say: of reference folders and under `characters`, and `not_a_character`."""
        return {self.rename.get(folder, folder) for folder in folders} | self.characters.keys() | {REJECTION}

    def without(self, unmet: Iterable[Unmet]) -> "Decisions":
        """The decisions but for those that cannot be applied."""
        gone = {(each.section, each.key) for each in unmet}
        kept = {
            section: {key: item for key, item in value.items() if (section, key) not in gone}
            if isinstance(value, dict)
            else [key for key in value if (section, key) not in gone]
            for section, value in self
        }
        return self.model_copy(update=kept)


def read_decisions(file: Path) -> Decisions:
    """What `cast.yaml` says.

    Raises:
        MissingError: there is no such file.
        ParameterError: it is no YAML, a key or value is not allowed, or one key has two values.
    """
    if not file.is_file():
        raise MissingError(str(file), "there is no such file", "Run this in the project's top folder")
    return decisions_of(text_of(file), str(file))


def decisions_of(text: str, place: str) -> Decisions:
    """What a text in the form of `cast.yaml` says.

    Raises:
        ParameterError: it is no YAML, a key or value is not allowed, or one key has two values.
    """
    values = values_of(text, place)
    if values.pop("captions", None):
        remedy = "Move them there, by the hash of the picture (docs/captions.md), and take the section out"
        raise ParameterError(f"{place}: captions", "captions stand in captions.yaml now", remedy)
    return validate(values, Decisions, place)


def check_alone(decisions: Decisions) -> None:
    """Looks at the decisions by themselves.

    Raises:
        ParameterError: one contradicts another, or names a face in a form that does not exist.
    """
    for old, into in decisions.merge.items():
        if decisions.merged(into) in decisions.merge:
            raise ParameterError(
                f"{FILE}: merge.{old}", f"{into!r} leads back to {old!r}", "Take one of the entries out"
            )
    for section in ("pins", "reject"):
        for thing in getattr(decisions, section):
            if not parse(thing) and not PICTURE.fullmatch(thing):
                place = f"{FILE}: pins.{thing}" if section == "pins" else f"{FILE}: {section}"
                problem = f"{thing!r}: no moment ({FORM}) and no reference picture (<folder>/<file>)"
                raise ParameterError(place, problem, "Correct or remove it")
    for section in ("not_a_person", "outfits"):
        for thing in getattr(decisions, section):
            if not parse(thing):
                raise ParameterError(f"{FILE}: {section}", f"{thing!r}: no moment ({FORM})", "Correct or remove it")
    said: dict[str, str] = {}
    for section in ABOUT_FACES:
        for thing in getattr(decisions, section):
            if said.setdefault(thing, section) != section:
                problem = f"{thing!r} is also {SAID[said[thing]]}"
                raise ParameterError(f"{FILE}: {section}", problem, "Remove one of the two decisions")


def check(decisions: Decisions, folders: Iterable[str]) -> None:
    """Looks for contradictions, also with the reference folders. Moments are only read: a video may be away.

    Args:
        folders: names of the reference folders.

    Raises:
        ParameterError: see `check_alone`; or a pin gives a name that nobody has, or two characters share a trigger.
    """
    folders = set(folders)
    check_alone(decisions)
    _check_renames(decisions, folders)
    names = decisions.known(folders)
    for thing, name in decisions.pins.items():
        if name not in names:
            listed = _some(names - {REJECTION})
            problem = f"{name!r}: no such character; there are: {listed}"
            raise ParameterError(f"{FILE}: pins.{thing}", problem, f"Add `{name}: {{}}` under `characters` first")
    _check_triggers(decisions, folders)


def _check_renames(decisions: Decisions, folders: set[str]) -> None:
    for old, new in decisions.rename.items():
        if old in folders and (
            new in folders - decisions.rename.keys() or list(decisions.rename.values()).count(new) > 1
        ):
            raise ParameterError(
                f"{FILE}: rename.{old}",
                f"{new!r} is already the name of another character",
                f"Write `merge: {{{old}: {new}}}` if they are one",
            )


def _check_triggers(decisions: Decisions, folders: set[str]) -> None:
    owner: dict[str, str] = {}
    for name in sorted(decisions.held(folders)):
        trigger = trigger_of(name, decisions.characters)
        other = owner.setdefault(trigger.casefold(), name)
        if other != name:
            place = f"{FILE}: characters.{name if name in decisions.characters else other}.trigger"
            raise ParameterError(place, f"{trigger!r} stands for {other!r} and {name!r}", "Give one of them another")


def unmet(decisions: Decisions, folders: Iterable[str], pictures: Iterable[str]) -> list[Unmet]:
    """The decisions about names and pictures that are not there (any more).

    Args:
        folders: names of the reference folders.
        pictures: reference pictures, `<folder>/<file>`.
    """
    folders, pictures = set(folders), set(pictures)
    names, held = decisions.known(folders), decisions.held(folders)
    found = []
    for folder in decisions.rename:
        if folder not in folders:
            found.append(Unmet("rename", folder, f"no reference folder has this name; there are: {_some(folders)}"))
    for old, into in decisions.merge.items():
        strange = [name for name in (old, into) if name not in names]
        if strange:
            said = f"no reference folder and no entry under `characters` is called {strange[0]!r}"
            found.append(Unmet("merge", old, f"{said}; there are: {_some(names - {REJECTION})}"))
    for section in ("pins", "reject"):
        for thing in getattr(decisions, section):
            if not parse(thing) and thing not in pictures:
                found.append(Unmet(section, thing, "there is no such reference picture"))
    for name, entry in decisions.characters.items():
        into = decisions.merged(name)
        if into != name and entry != Character():
            reason = f"merged into {into!r}: its display name and trigger are not used"
            found.append(Unmet("characters", name, reason))
        elif into == name and name not in held:
            found.append(Unmet("characters", name, "no pin and no reference folder gives this name"))
    return found


def _some(names: set[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:8]) + (f" and {len(listed) - 8} more" if len(listed) > 8 else "") if listed else "none"


def id_from(name: str) -> str:
    """An id made of a name for people: `Zoë Q.` gives `zoe-q`; empty if no letter or digit of it can be in an id."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")


def display_of(name: str, characters: Mapping[str, Character]) -> str:
    """Name for people: as decided, or the id with a capital letter and without dashes."""
    decided = characters.get(name, Character()).display
    return decided or name.replace("_", " ").replace("-", " ").capitalize()


def trigger_of(name: str, characters: Mapping[str, Character]) -> str:
    """Trigger word: as decided, or the id."""
    return characters.get(name, Character()).trigger or name
