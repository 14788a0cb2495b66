"""YAML that people and programs write by lines: the text of a file, its nodes, and a value on one line.

Also what a file may not do: be endless, nest without end, unfold by its aliases, say one thing twice.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, ScalarEvent
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from dramatis.core.errors import ParameterError
from dramatis.core.sizes import check_size

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where PyYAML has it: ten times as fast; safe all the same."""
MOST_BYTES = 32 << 20
"""A larger file is refused before it is read [bytes]: a caption for each of 100,000 pictures takes half of it."""
MOST_VALUES = 2_000_000
"""Values of a file, aliases unfolded."""
DEEPEST = 50
"""Levels of mappings and lists in each other."""
_ODD = re.compile("[\x00\ud800-\udfff]")
_PLAIN = re.compile(r"[A-Za-z_]([\w@.:,/ -]*[\w.,/-])?", re.ASCII)
_RESERVED = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
_IN_BRACES = re.compile(r"[,:]")
_ESCAPED = {'"': '\\"', "\\": "\\\\"}


def fast_yaml(text: str | bytes) -> Any:
    """What a YAML file that a program wrote holds, such as a lock of DVC; a person's is read by `value_in`.

    Raises:
        yaml.YAMLError: it is not valid.
    """
    return yaml.load(text, LOADER)  # noqa: S506 - the loader is a safe one


def text_of(file: Path) -> str:
    """The text of the file.

    Raises:
        ParameterError: it is no text in UTF-8, no regular file, or larger than `MOST_BYTES`.
    """
    check_size(file, MOST_BYTES, "Put a text file there", "Take out of it what does not belong there", ParameterError)
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise ParameterError(str(file), "this is not valid YAML: it is no text in UTF-8", "Save it as UTF-8") from None


def not_yaml(place: str, error: yaml.YAMLError, remedy: str = "Mend the line, then run again") -> ParameterError:
    """What the parser found wrong, with its line."""
    mark = getattr(error, "problem_mark", None)
    said = " ".join((getattr(error, "problem", None) or "it cannot be read as text").split())
    where = f"{place}:{mark.line + 1}" if mark else place
    return ParameterError(where, f"this is not valid YAML: {said}", remedy)


def value_in(text: str, place: str) -> Any:
    """What a text in YAML holds: mappings, lists and plain values.

    Raises:
        ParameterError: it is no YAML, says something twice, or means harm; names the line.
    """
    try:
        check_text(text, place)
        top = yaml.compose(text, Loader=LOADER)
        return None if top is None else plain_value(top, unique=True)
    except yaml.YAMLError as error:
        raise not_yaml(place, error) from None


def check_text(text: str, place: str) -> None:
    """Looks at a text in YAML piece by piece, before anything is made of it.

    Raises:
        ParameterError: it nests deeper than `DEEPEST`, or holds more than `MOST_VALUES` once its aliases are unfolded.
        yaml.YAMLError: it is no YAML.
    """
    sizes: dict[str, int] = {}
    inside: list[tuple[int, str | None]] = []  # values so far and anchor of each collection that is open
    total = 0
    for event in yaml.parse(text, Loader=LOADER):
        if isinstance(event, CollectionStartEvent):
            inside.append((total, event.anchor))
            total += 1
            if event.anchor:
                sizes.pop(event.anchor, None)
        elif isinstance(event, CollectionEndEvent):
            before, anchor = inside.pop()
            if anchor:
                sizes[anchor] = total - before
        elif isinstance(event, ScalarEvent):
            total += 1
            if event.anchor:
                sizes[event.anchor] = 1
        elif isinstance(event, AliasEvent):
            if any(anchor == event.anchor for _, anchor in inside):
                raise _refused(place, event, "this value holds itself")
            total += sizes.get(event.anchor or "", 1)
        if len(inside) > DEEPEST:
            raise _refused(place, event, f"more than {DEEPEST} lists and mappings are in each other here")
        if total > MOST_VALUES:
            raise _refused(place, event, f"up to here it holds more than {MOST_VALUES} values")


def _refused(place: str, event: yaml.Event, problem: str) -> ParameterError:
    where = f"{place}:{event.start_mark.line + 1}" if event.start_mark else place
    return ParameterError(where, problem, "Take out of it what does not belong there")


def plain_value(node: Node, unique: bool = False) -> Any:
    """The value of a node: mappings, lists and plain values.

    Args:
        unique: refuse a key that stands twice in one mapping.

    Raises:
        ConstructorError: it is of a type that is no plain value, or cannot be read as what it looks like.
    """
    if unique:
        _refuse_twice(node, set())
    return _Plain().construct_document(node)


class _Plain(SafeConstructor):
    """Plain values; what looks like a date or a number and is none is an error with a line."""

    def construct_object(self, node: Node, deep: bool = False) -> Any:
        """See PyYAML."""
        if isinstance(node, ScalarNode) and _ODD.search(node.value):
            raise ConstructorError(problem="a text holds U+0000 or half a character", problem_mark=node.start_mark)
        try:
            return super().construct_object(node, deep)
        except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError) as error:
            said = f"{str(node.value)[:40]!r} cannot be read ({error}); text goes in quotes"
            raise ConstructorError(problem=said, problem_mark=node.start_mark) from None


def _refuse_twice(node: Node, seen: set[int]) -> None:
    if not isinstance(node, CollectionNode) or id(node) in seen:
        return
    seen.add(id(node))
    first: dict[tuple[str, str], Node] = {}
    for item in node.value:
        if isinstance(node, MappingNode) and isinstance(item[0], ScalarNode):
            key = item[0]
            other = first.setdefault((key.tag, key.value), key)
            if other is not key:
                problem = f"the key {key.value[:60]!r} stands here and in line {other.start_mark.line + 1}"
                raise ConstructorError(problem=problem, problem_mark=key.start_mark)
        for part in item if isinstance(item, tuple) else (item,):
            _refuse_twice(part, seen)


def last_line(node: Node) -> int:
    """The last line on which something of a value stands, counted from 0."""
    if isinstance(node, CollectionNode) and not node.flow_style:
        parts = [part for item in node.value for part in (item if isinstance(item, tuple) else (item,))]
        return max(map(last_line, parts), default=node.start_mark.line)
    mark = node.end_mark
    return mark.line if mark.column or mark.line == node.start_mark.line else mark.line - 1


def comment_behind(node: Node, last: int, lines: list[str]) -> str:
    """The comment behind a value on its last line; empty if there is none."""
    rest = lines[last][node.end_mark.column :].rstrip() if node.end_mark.line == last else ""
    return rest if rest.lstrip().startswith("#") else ""


def written(value: Any, in_braces: bool = False) -> str:
    """A value on one line as YAML: text plain where every reader takes it for text, else in quotes."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{written(key, True)}: {written(item, True)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _RESERVED and ": " not in value
        return value if plain and not (in_braces and _IN_BRACES.search(value)) else quoted(value)
    return yaml.safe_dump(value, default_flow_style=True, width=10**6).removesuffix("\n").removesuffix("\n...")


def quoted(text: str) -> str:
    """Text in double quotes, on one line whatever it holds."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPED or letter.isprintable():
        return _ESCAPED.get(letter, letter)
    return f"\\U{ord(letter):08x}"
