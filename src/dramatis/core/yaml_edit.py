"""Changes to the text of a YAML file that people write too: one value at a path of keys; all else stays as it is."""

from collections.abc import Sequence
from typing import Any

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, SequenceNode

from dramatis.core.errors import ParameterError
from dramatis.core.yaml_lines import LOADER, last_line, plain_value, written

Keys = Sequence[str | int]
"""Where a value stands: keys of mappings, positions in lists."""


def with_value_at(text: str, keys: Keys, value: Any) -> str:
    """The text with a value at a path; what is not there yet of the path is made.

    A comment behind the value stays, as do all other lines; a new key stands behind the last of its mapping. A mapping
    in braces that gets a new key is written anew on its line.

    Raises:
        ParameterError: something on the way is no mapping or list, or a list has no such position.
    """
    there, node = _reached(text, keys)
    if there == len(keys) and node is not None:
        return replaced(text, node, written(value))
    for key in reversed(keys[there + 1 :]):
        value = {key: value}
    if node is None or not isinstance(node, CollectionNode) and plain_value(node) is None:
        return _opened(text, node, there, keys[there], value)
    if not isinstance(node, MappingNode):
        shown = ".".join(map(str, keys[: there + 1]))
        raise ParameterError(shown, "there is no such place in it", "Mend it by hand")
    if node.flow_style or not node.value:
        whole = plain_value(node) | {keys[there]: value}
        return _as_lines(text, node, whole) if not there else replaced(text, node, written(whole))
    lines = text.splitlines()
    at = last_line(node) + 1
    line = f"{' ' * node.value[0][0].start_mark.column}{written(keys[there])}: {written(value)}"
    return "\n".join([*lines[:at], line, *lines[at:]]) + "\n"


def without_key(text: str, keys: Keys) -> str:
    """The text without a key of a mapping and its value; comments on lines of their own stay."""
    there, node = _reached(text, keys[:-1])
    if there < len(keys) - 1 or not isinstance(node, MappingNode):
        return text
    pairs = node.value
    found = next(((key, value) for key, value in pairs if plain_value(key) == keys[-1]), None)
    if found is None:
        return text
    left = {plain_value(key): plain_value(value) for key, value in pairs if key is not found[0]}
    if node.flow_style:
        return replaced(text, node, written(left))
    lines = text.splitlines()
    first, last = found[0].start_mark.line, max(last_line(found[1]), found[0].end_mark.line)
    if left:
        del lines[first : last + 1]
    elif keys[:-1]:
        return replaced(text, node, "{}")
    else:
        lines[first : last + 1] = ["{}"]
    return "\n".join(lines) + "\n"


def _reached(text: str, keys: Keys) -> tuple[int, Node | None]:
    """How many keys of a path are there, and the value at the last of them."""
    node = yaml.compose(text, Loader=LOADER)
    for n, key in enumerate(keys):
        inner = None
        if isinstance(node, MappingNode):
            inner = next((value for name, value in node.value if plain_value(name) == key), None)
        elif isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node.value):
            inner = node.value[key]
        if inner is None:
            return n, node
        node = inner
    return len(keys), node


def _opened(text: str, node: Node | None, depth: int, key: str | int, value: Any) -> str:
    """The text with the first key of a mapping that is empty so far."""
    if depth and node is not None:
        return replaced(text, node, written({key: value}))
    return f"{text.rstrip()}\n{written(key)}: {written(value)}\n".lstrip("\n")


def _as_lines(text: str, node: Node, whole: dict[Any, Any]) -> str:
    """The text with the mapping at its top, which stands in braces, on lines of its own."""
    lines = text.splitlines()
    entries = [f"{written(key)}: {written(value)}" for key, value in whole.items()]
    behind = lines[node.end_mark.line][node.end_mark.column :].strip() if node.end_mark.line < len(lines) else ""
    lines[node.start_mark.line : node.end_mark.line + 1] = [*([behind] if behind else []), *entries]
    return "\n".join(lines) + "\n"


def replaced(text: str, node: Node, words: str) -> str:
    """The text with other words where a value stands, by its place in the text."""
    lines = text.splitlines()
    start = node.start_mark
    by_lines = isinstance(node, CollectionNode) and not node.flow_style and bool(node.value)
    last = last_line(node) if by_lines else node.end_mark.line
    behind = "" if by_lines else lines[last][node.end_mark.column :]
    lead = lines[start.line][: start.column]
    if by_lines and not lead.strip() and start.line:  # it comes up behind its key
        lines[start.line - 1 : last + 1] = [f"{lines[start.line - 1].rstrip()} {words}"]
    else:
        gap = " " if lead.endswith(":") else ""
        lines[start.line : last + 1] = [f"{lead}{gap}{words}{behind}"]
    return "\n".join(lines) + "\n"
