"""Captions as the files of trainers hold them, and the few lines of TOML that a dataset needs."""

import re
from collections.abc import Mapping
from typing import Any

BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]*[\x00-\x1f\x7f-\x9f\u2028\u2029][\s\x00-\x1f\x7f-\x9f]*")
"""Line breaks and other control characters, with the space around them."""


def one_line(caption: str) -> str:
    """A caption in one line: line breaks and other control characters become one space, the ends are bare.

    Trainers that keep a caption in a `.txt` read its first line, or take the whole file for tags parted by commas.
    """
    return BREAKS.sub(" ", caption).strip()


def tags_of(caption: str) -> list[str]:
    """What stands between the commas of a caption."""
    return [part for part in (piece.strip() for piece in caption.split(",")) if part]


def toml_value(value: Any) -> str:
    """A string, a truth value, a number or a list of these, as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return f'"{"".join(_escaped(letter) for letter in value)}"'
    return f"[{', '.join(toml_value(item) for item in value)}]"


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return f"\\u{ord(letter):04x}" if letter < " " or letter == "\x7f" else letter


def toml_table(head: str, values: Mapping[str, Any]) -> str:
    """One table of a TOML file: its head with brackets, then its keys in the order given."""
    return "\n".join([head, *(f"{key} = {toml_value(value)}" for key, value in values.items())]) + "\n"
