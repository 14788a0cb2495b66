"""`cast.yaml` as lines: where each decision stands, and which ones stand twice.

One decision a line lets git merge the changes of two people line by line (`merge=union` in .gitattributes).
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from dramatis.core.errors import ParameterError
from dramatis.core.yaml_lines import LOADER, check_text, comment_behind, last_line, not_yaml, plain_value, written

FIELDS_OF = "characters"
"""The section whose entries hold fields: two entries of one key are one if no field differs."""


class Entry(NamedTuple):
    """One decision: an item of a section.

    Attributes:
        key: what it is about; of a list, the item itself.
        value: what is decided; None in a list.
        first, last: its lines, counted from 0, both included.
        rest: what stands behind it on its last line: a comment, or nothing.
    """

    key: Any
    value: Any
    first: int
    last: int
    rest: str


class Section(NamedTuple):
    """A key at the top of the file.

    Attributes:
        first, last: lines of the key and of the end of its value, counted from 0.
        block: True if every entry has lines of its own; False for `{…}`, `[…]` and an empty value.
        indent: spaces in front of an entry.
        is_list: True for a list.
        rest: what stands behind the key, or behind its value if that is on the same line.
    """

    name: str
    first: int
    last: int
    block: bool
    indent: int
    is_list: bool
    value: Any
    entries: list[Entry]
    rest: str


@lru_cache(maxsize=8)
def sections_of(text: str, place: str) -> tuple[Section, ...]:
    """All sections of the file, in order.

    Raises:
        ParameterError: it is no YAML, or no mapping.
    """
    try:
        check_text(text, place)
        top = yaml.compose(text, Loader=LOADER)
        lines = text.splitlines()
        if top is None:
            return ()
        if not isinstance(top, MappingNode):
            raise ParameterError(place, "it holds no sections", "Write `<section>:` with one decision a line below")
        return tuple(_section(key, value, lines) for key, value in top.value)
    except yaml.YAMLError as error:
        raise not_yaml(place, error) from None


def values_of(text: str, place: str) -> dict[str, Any]:
    """What the file says, by section. What stands twice in the same words counts once.

    A merge of two people's files may leave a line twice, or two lines that contradict each other.

    Raises:
        ParameterError: it is no YAML, or one key has two values; both lines are named.
    """
    found: dict[str, Any] = {}
    for section in sections_of(text, place):
        if not section.entries and section.name not in found:
            found[section.name] = section.value
        elif section.is_list:
            old = found.get(section.name)
            items = [*(old if isinstance(old, list) else []), *(entry.key for entry in section.entries)]
            found[section.name] = [item for n, item in enumerate(items) if item not in items[:n]]
    for name, entries in _by_name(text, place).items():
        found[name] = _once(name, entries, place)
    return found


def repeated(text: str, place: str) -> list[tuple[str, Entry, Entry]]:
    """Section, first and second entry of whatever stands twice without a contradiction: DVC refuses such a file."""
    twice = []
    for section, entries in _by_name(text, place).items():
        first: dict[Any, Entry] = {}
        for entry in entries:
            if entry.key in first:
                twice.append((section, first[entry.key], entry))
            first.setdefault(entry.key, entry)
    return twice


def sections_twice(text: str, place: str) -> list[tuple[Section, Section]]:
    """The first and each further section of a name that stands more than once: DVC refuses such a file."""
    first: dict[str, Section] = {}
    found = [(first.setdefault(section.name, section), section) for section in sections_of(text, place)]
    return [(one, other) for one, other in found if one is not other]


def _by_name(text: str, place: str) -> dict[str, list[Entry]]:
    """The entries of all sections that are mappings; one that stands twice is taken together."""
    found: dict[str, list[Entry]] = {}
    for section in sections_of(text, place):
        if section.entries and not section.is_list:
            found.setdefault(section.name, []).extend(section.entries)
    return found


def _once(name: str, entries: list[Entry], place: str) -> dict[Any, Any]:
    held: dict[Any, Entry] = {}
    for entry in entries:
        other = held.setdefault(entry.key, entry)
        both = _united(other.value, entry.value) if name == FIELDS_OF else None
        if both is None and other.value != entry.value:
            raise ParameterError(
                f"{place}:{other.first + 1} and {place}:{entry.first + 1}",
                f"{name}.{entry.key} is {written(other.value)} in one line and {written(entry.value)} in the other",
                "Two people decided this: take one of the lines out",
            )
        held[entry.key] = other._replace(value=other.value if both is None else both)
    return {key: entry.value for key, entry in held.items()}


def _united(a: Any, b: Any) -> dict[str, Any] | None:
    """The fields of two entries together; None if they are no mappings, or one field has two values."""
    a, b = ({} if value is None else value for value in (a, b))
    if not isinstance(a, Mapping) or not isinstance(b, Mapping) or any(a[key] != b[key] for key in a.keys() & b.keys()):
        return None
    return {**a, **b}


def _section(key: Node, value: Node, lines: list[str]) -> Section:
    block = isinstance(value, CollectionNode) and not value.flow_style and bool(value.value)
    last = (
        max(last_line(value), key.end_mark.line)
        if isinstance(value, CollectionNode) or value.value
        else key.end_mark.line
    )
    behind = key.end_mark if block or (isinstance(value, ScalarNode) and not value.value) else value.end_mark
    rest = lines[behind.line][behind.column :] if behind.line < len(lines) else ""
    return Section(
        name=str(_key(key)),
        first=key.start_mark.line,
        last=last,
        block=block,
        indent=value.start_mark.column if block else 2,
        is_list=isinstance(value, SequenceNode),
        value=plain_value(value),
        entries=list(_entries(value, lines)),
        rest=rest.removeprefix(":").rstrip(),
    )


def _entries(value: Node, lines: list[str]) -> Iterator[Entry]:
    pairs = value.value if isinstance(value, MappingNode) else ()
    items = value.value if isinstance(value, SequenceNode) else ()
    for key, held in [*pairs, *((item, item) for item in items)]:
        last = max(last_line(held), key.end_mark.line)
        plain, decided = (_key(key), plain_value(held)) if pairs else (plain_value(held), None)
        yield Entry(plain, decided, key.start_mark.line, last, comment_behind(held, last, lines))


def _key(node: Node) -> Any:
    if isinstance(node, ScalarNode):
        return plain_value(node)
    raise yaml.constructor.ConstructorError(problem="a key must be a word", problem_mark=node.start_mark)
