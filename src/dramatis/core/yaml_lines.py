"""YAML that people and programs write by lines: the text of a file, its nodes, and a value on one line."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import CollectionNode, Node

from dramatis.core.errors import ParameterError

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where PyYAML has it: ten times as fast."""
_PLAIN = re.compile(r"[A-Za-z_]([\w@.:,/ -]*[\w.,/-])?", re.ASCII)
_RESERVED = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
_IN_BRACES = re.compile(r"[,:]")
_ESCAPED = {'"': '\\"', "\\": "\\\\"}


def text_of(file: Path) -> str:
    """The text of the file.

    Raises:
        ParameterError: it is no text in UTF-8.
    """
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
