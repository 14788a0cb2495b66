"""Changes to the text of `params.yaml`: entries of a map, one a line; comments and the layout of the rest stay."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

from dramatis.cast.lines import Section, sections_of
from dramatis.core.params import PARAMS
from dramatis.core.yaml_edit import replaced
from dramatis.core.yaml_lines import LOADER, written

PLACE = str(PARAMS)
HELD_OUT = "selection", "validation_videos"


def with_entries(text: str, name: str, entries: Mapping[str, tuple[Any, str]]) -> str:
    """The text with entries behind the last one of a section.

    Args:
        name: section; it is made if it is not there.
        entries: by id, the value and a comment behind it, or an empty text.
    """
    if not entries:
        return text
    text, section = _opened(text, name)
    lines = text.splitlines()
    lead = " " * section.indent
    new = [f"{lead}{written(key)}: {written(value)}{_comment(said)}" for key, (value, said) in entries.items()]
    at = section.entries[-1].last + 1 if section.entries else section.first + 1
    return "\n".join([*lines[:at], *new, *lines[at:]]) + "\n"


def without_entries(text: str, name: str, keys: Collection[str]) -> str:
    """The text without some entries of a section; all comments on lines of their own stay."""
    if not any(each.name == name and entry.key in keys for each in sections_of(text, PLACE) for entry in each.entries):
        return text
    text, section = _opened(text, name)
    lines = text.splitlines()
    gone = [entry for entry in section.entries if entry.key in keys]
    for entry in reversed(gone):
        del lines[entry.first : entry.last + 1]
    if len(gone) == len(section.entries):
        lines[section.first] = f"{name}: {{}}{section.rest}"
    return "\n".join(lines) + "\n"


def without_videos(text: str, keys: Collection[str]) -> str:
    """The text without some videos, also among those that are held out."""
    return held_out(without_entries(text, "videos", keys), lambda video: None if video in keys else video)


def held_out(text: str, change: Callable[[str], str | None]) -> str:
    """The text with each id of `selection.validation_videos` as `change` has it; null takes it out."""
    node = _node(text, HELD_OUT)
    if not isinstance(node, SequenceNode):
        return text
    before = [item.value for item in node.value]
    after = [key for key in map(change, before) if key is not None]
    return text if after == before else with_value(text, HELD_OUT, after)


def renamed_entry(text: str, name: str, old: str, new: str) -> str:
    """The text with another id for an entry of a section; it stays in its place."""
    node = _node(text, (name,))
    pairs = node.value if isinstance(node, MappingNode) else ()
    key = next((key for key, _ in pairs if key.value == old), None)
    if key is None:
        return text
    lines = text.splitlines()
    line = lines[key.start_mark.line]
    lines[key.start_mark.line] = line[: key.start_mark.column] + written(new) + line[key.end_mark.column :]
    return "\n".join(lines) + "\n"


def with_value(text: str, path: Sequence[str], value: Any) -> str:
    """The text with another value for a key that is there; a comment behind it stays."""
    node = _node(text, path)
    return text if node is None else replaced(text, node, written(value))


def _comment(said: str) -> str:
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())
    return f"   # {words}" if words else ""


def _opened(text: str, name: str) -> tuple[str, Section]:
    """The text with a section whose entries have lines of their own, and that section."""
    section = next((each for each in sections_of(text, PLACE) if each.name == name), None)
    if section is None:
        text = f"{text.rstrip()}\n\n{name}:\n"
        return _opened(text, name)
    if section.block or not section.entries:
        lines = text.splitlines()
        if not section.block and section.last >= section.first:  # `{}` or nothing
            lines[section.first : section.last + 1] = [f"{name}:{section.rest}"]
        return "\n".join(lines) + "\n", section
    lines = text.splitlines()
    inside = [f"  {written(entry.key)}: {written(entry.value)}" for entry in section.entries]
    lines[section.first : section.last + 1] = [f"{name}:{section.rest}", *inside]
    return _opened("\n".join(lines) + "\n", name)


def _node(text: str, path: Sequence[str]) -> Node | None:
    """The value at a path of keys; null if it is not there."""
    node = yaml.compose(text, Loader=LOADER)
    for name in path:
        pairs = node.value if isinstance(node, MappingNode) else ()
        node = next((value for key, value in pairs if key.value == name), None)
    return node
