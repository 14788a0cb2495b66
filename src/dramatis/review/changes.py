"""Changes: what an action does to single decisions, so that it can be undone without touching any other."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from dramatis.cast import edit
from dramatis.cast.decisions import Decisions

Flat = dict[tuple[str, str], Any]
"""Every decision by section and key; true for an entry of a list."""

UNTOUCHED = ("outfits",)
"""Sections that the page leaves as they are."""


class Change(NamedTuple):
    """One decision before and after; null where there is none."""

    section: str
    key: str
    before: Any
    after: Any


def flatten(decided: Decisions) -> Flat:
    """All decisions that the page works on."""
    found: Flat = {}
    for section, inside in decided.model_dump(exclude_none=True).items():
        if section not in UNTOUCHED:
            pairs = inside.items() if isinstance(inside, Mapping) else ((each, True) for each in inside)
            found |= {(section, key): value for key, value in pairs}
    return found


def fill(flat: Flat, decided: Decisions) -> Decisions:
    """Decisions with all that `flat` says, and the untouched sections of `decided`."""
    sections: dict[str, Any] = decided.model_dump(include=set(UNTOUCHED))
    for (section, key), value in flat.items():
        if value is True:
            sections.setdefault(section, []).append(key)
        else:
            sections.setdefault(section, {})[key] = value
    return Decisions.model_validate(sections)


def compare(before: Flat, after: Flat) -> list[Change]:
    """What differs, in order of section and key."""
    keys = sorted(before.keys() | after.keys())
    return [Change(*key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]


def inverse(changes: Iterable[Change]) -> list[Change]:
    """The changes that take changes back."""
    return [Change(section, key, after, before) for section, key, before, after in changes]


def conflicts(flat: Flat, changes: Iterable[Change]) -> list[Change]:
    """Changes that cannot be made, since somebody else has changed the same decision since."""
    return [each for each in changes if flat.get((each.section, each.key)) != each.before]


def change(flat: Flat, changes: Iterable[Change]) -> Flat:
    """The decisions with some changes made."""
    new = dict(flat)
    for each in changes:
        if each.after is None:
            new.pop((each.section, each.key), None)
        else:
            new[each.section, each.key] = each.after
    return new


def write_changes(text: str, changes: Iterable[Change]) -> str:
    """The text of `cast.yaml` with some changes made; what goes is taken out first."""
    for section, key, _, after in sorted(changes, key=lambda each: each.after is not None):
        text = edit.remove(text, section, key) if after is None else _WRITERS[section](text, key, after)
    return text


def _write_character(text: str, name: str, fields: Mapping[str, str]) -> str:
    text = edit.character(text, name)
    text = edit.set_display(text, name, fields.get("display"))
    return edit.set_trigger(text, name, fields.get("trigger"))


_WRITERS: Mapping[str, Callable[[str, str, Any], str]] = {
    "characters": _write_character,
    "rename": edit.rename,
    "merge": edit.merge,
    "pins": edit.pin,
    "reject": lambda text, key, _: edit.reject(text, key),
    "not_a_person": lambda text, key, _: edit.not_a_person(text, key),
}
