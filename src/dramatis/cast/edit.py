"""Changes to `cast.yaml`: each takes the text of the file and gives the new one; `update` writes it.

Comments and the layout of what stays are kept. A decision is one line, sorted into its section; so what two people add
merges in git. Each function is idempotent, and none needs to know what was there before.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dramatis.cast.decisions import FILE, PICTURE, Decisions, check_alone, decisions_of
from dramatis.cast.lines import Entry, Section, repeated, sections_of, values_of
from dramatis.cast.naming import REJECTION
from dramatis.core.errors import ParameterError
from dramatis.core.moments import FORM, parse
from dramatis.core.params import Key, validate
from dramatis.core.rewrite import rewrite
from dramatis.core.yaml_lines import written

PLACE = str(FILE)
APART = 4
"""Lines between the entries of two sections, at least: git takes changes that are nearer for one, and mixes them."""
TOPICS = {
    "characters": ("How somebody is shown and called; a name without a reference folder must stand here.",
                   "  ada: {display: Ada Lovelace, trigger: adalv}"),
    "rename": ("Another id for the character of a reference folder.",
               "  ada-black-dress: ada"),
    "merge": ("Two ids that are the same character: the first becomes the second.",
              "  masked-man: zorro"),
    "pins": (f"Who a face is, by its moment or reference picture; {REJECTION}: its whole cluster is nobody.",
             "  e01@15.833:0.208,0.576: ada"),
    "reject": ("Tracks, by a moment, and reference pictures that show nobody of the cast.",
               "  - e01@15.833:0.208,0.576"),
    "not_a_person": ("Tracks, by a moment, that are no person at all: a poster, a hood, a statue.",
                     "  - e01@15.833:0.208,0.576"),
    "outfits": ("What somebody wears at a moment.",
                "  e01@15.833:0.208,0.576: red-coat"),
}  # fmt: skip
"""What stands above each section: what it says, and an entry as an example."""
LISTS = ("reject", "not_a_person")


def pin(text: str, thing: str, name: str) -> str:
    """A moment or reference picture shows `name`; `not_a_character`: the whole cluster is nobody of the cast."""
    validate(name, Key, PLACE, f"pins.{thing}")
    return _put(_without(text, _face(thing), "reject", "not_a_person"), "pins", thing, name)


def reject(text: str, thing: str) -> str:
    """The track at a moment, or a reference picture, shows nobody of the cast."""
    return _put(_without(text, _face(thing), "pins", "not_a_person"), "reject", thing)


def not_a_person(text: str, moment: str) -> str:
    """The track at a moment is no person: a poster, a hood, a statue."""
    return _put(_without(text, _moment(moment), "pins", "reject"), "not_a_person", moment)


def merge(text: str, old: str, into: str) -> str:
    """`old` and `into` are one character, who is called `into`."""
    for name in (old, into):
        validate(name, Key, PLACE, f"merge.{old}")
    return _put(text, "merge", old, into)


def rename(text: str, folder: str, name: str) -> str:
    """The character of a reference folder gets another id; its own takes the entry out."""
    validate(name, Key, PLACE, f"rename.{folder}")
    return remove(text, "rename", folder) if name == folder else _put(text, "rename", folder, name)


def outfit(text: str, moment: str, name: str) -> str:
    """What the character at a moment wears."""
    validate(name, Key, PLACE, f"outfits.{moment}")
    return _put(text, "outfits", _moment(moment), name)


def character(text: str, name: str) -> str:
    """Makes `name` known, so that pins may give it; nothing changes if it is."""
    validate(name, Key, PLACE, "characters")
    return text if name in _values(text, "characters") else _put(text, "characters", name, {})


def set_display(text: str, name: str, display: str | None) -> str:
    """The name for people; None: the id with a capital."""
    return _field(text, name, "display", display)


def set_trigger(text: str, name: str, trigger: str | None) -> str:
    """The word in captions and prompts; None: the id."""
    return _field(text, name, "trigger", trigger)


def remove(text: str, section: str, key: str) -> str:
    """Takes one decision out, however often it stands there; nothing changes if it does not."""
    return _cut(text, section, lambda entry: entry.key == key)


def tidied(text: str) -> str:
    """The text without entries that say again what stands above them."""
    whole, names = _values(text), [section.name for section in sections_of(text, PLACE)]
    for name in {name for name in names if names.count(name) > 1}:
        text, _ = _opened(text, name)
    for name, first, _ in repeated(text, PLACE):
        text = _put(text, name, first.key, whole[name][first.key])
    for section in sections_of(text, PLACE):
        keys = [entry.key for entry in section.entries]
        if section.is_list and len(keys) > len(set(map(str, keys))):
            for key in {key for key in keys if keys.count(key) > 1}:
                text = _put(remove(text, section.name, key), section.name, key)
    return text


def decided(text: str, place: str = PLACE) -> Decisions:
    """What the text decides.

    Raises:
        ParameterError: it is no YAML, a key or value is not allowed, or one decision contradicts another.
    """
    found = decisions_of(text, place)
    check_alone(found)
    return found


def update(file: Path, change: Callable[[str], str]) -> str:
    """Changes the text of the file, as `rewrite` does; gives the new text.

    Raises:
        ParameterError: what stands there, or what would, is not sound: see `decided`.
        InputError: another process keeps the file.
    """

    def checked(before: str) -> str:
        decided(before, file.name)
        after = change(tidied(before))
        decided(after, file.name)
        return after

    return rewrite(file, checked)


def _face(thing: str) -> str:
    """A moment or a reference picture."""
    if parse(thing) or PICTURE.fullmatch(thing):
        return thing
    raise ParameterError(PLACE, f"{thing!r}: no moment ({FORM}) and no picture (<folder>/<file>)", "Correct it")


def _moment(text: str) -> str:
    if parse(text):
        return text
    raise ParameterError(PLACE, f"{text!r}: no moment ({FORM})", "Correct it")


def _values(text: str, section: str | None = None) -> dict[str, Any]:
    values = values_of(text, PLACE)
    return values if section is None else values.get(section) or {}


def _field(text: str, name: str, field: str, value: str | None) -> str:
    validate(name, Key, PLACE, "characters")
    before = _values(text, "characters").get(name) or {}
    fields = {key: old for key, old in before.items() if key != field} | ({} if value is None else {field: value})
    return _put(text, "characters", name, {key: fields[key] for key in sorted(fields)})


def _without(text: str, key: str, *sections: str) -> str:
    for section in sections:
        text = remove(text, section, key)
    return text


def _put(text: str, name: str, key: str, value: Any = None) -> str:
    """Writes one entry: over the one that has the key, else where it belongs by order."""
    text, section = _opened(text, name)
    old = [entry for entry in section.entries if entry.key == key]
    lead = " " * section.indent
    line = f"{lead}- {written(key)}" if section.is_list else f"{lead}{written(key)}: {written(value)}"
    lines = text.splitlines()
    if old:
        if [entry.value for entry in old] == [value]:
            return text
        lines[old[0].first : old[0].last + 1] = [line + old[0].rest]
        done = "\n".join(lines) + "\n"
        return _cut(done, name, lambda entry: entry.key == key and entry.first > old[0].first)
    after = next((n for n, entry in enumerate(section.entries) if _order(entry.key) > _order(key)), None)
    if after is None:
        at = section.last + 1
    else:
        at = section.entries[after - 1].last + 1 if after else section.entries[0].first
    return "\n".join([*lines[:at], line, *lines[at:]]) + "\n"


def _cut(text: str, name: str, which: Callable[[Entry], bool]) -> str:
    own = [entry for section in sections_of(text, PLACE) if section.name == name for entry in section.entries]
    if not any(map(which, own)):
        return text
    text, section = _opened(text, name)
    lines = text.splitlines()
    for entry in reversed([entry for entry in section.entries if which(entry)]):
        del lines[entry.first : entry.last + 1]
    return "\n".join(lines) + "\n"


def _opened(text: str, name: str) -> tuple[str, Section]:
    """The text with a section ready for entries on lines of their own, far enough from its neighbours, and the section.

    A section that stands in braces is written in lines; one that stands twice is written once.
    """
    text = _spaced(_with_section(text, name))
    lines = text.splitlines()
    own = [section for section in sections_of(text, PLACE) if section.name == name]
    for section in reversed(own):
        entries = [entry for other in own for entry in other.entries] if section is own[0] else []
        if section is not own[0]:
            del lines[section.first : section.last + 1]
        elif len(own) > 1 or not section.block:
            lead = [f"{name}:{section.rest}"]
            items = [
                f"  - {written(entry.key)}" if section.is_list else f"  {written(entry.key)}: {written(entry.value)}"
                for entry in entries
            ]
            lines[section.first : section.last + 1] = lead + items
    text = "\n".join(lines) + "\n"
    section = next(section for section in sections_of(text, PLACE) if section.name == name)
    return text, section._replace(is_list=name in LISTS)


def _with_section(text: str, name: str) -> str:
    if any(section.name == name for section in sections_of(text, PLACE)):
        return text
    return "\n".join([*text.splitlines(), *_topic(name), f"{name}:"]) + "\n"


def _topic(name: str) -> list[str]:
    said, example = TOPICS[name]
    return ["", f"# {said}", f"# {example}"]


def _spaced(text: str) -> str:
    """The text with at least `APART` lines between the entries of two sections, the key of the second among them."""
    lines = text.splitlines()
    sections = sections_of(text, PLACE)
    for before, section in reversed(list(zip(sections, sections[1:], strict=False))):
        if section.first - before.last < APART and section.name in TOPICS:
            said = filter(str.strip, lines[before.last + 1 : section.first])
            lines[before.last + 1 : section.first] = [*_topic(section.name), *said]
    return "\n".join(lines) + "\n"


def _order(key: Any) -> tuple[Any, ...]:
    """By video and time for moments, by the alphabet for all else."""
    moment = parse(str(key))
    return (moment.video, *moment[1:]) if moment else (str(key), 0.0, 0.0, 0.0)
