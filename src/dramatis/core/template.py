"""Templates: a line of text with fields, such as `{name}, [0.8: {style}, ]{tags}`, that leaves out what is empty.

`{field}` stands for words joined by `, `; `{field:/}` joins them by what follows the colon. What stands between two
commas is a piece, and a piece goes if a field in it is empty. `[…]` is an optional part: it goes by itself if a field
in it is empty, so `{name}[ with {others: and }]` is `ada` where nobody else is; `[0.8: …]` also goes by chance, in two
of ten. A backslash takes the next letter as it is: `\\[`.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

CHANCE = re.compile(r"\s*(\d*\.?\d+)\s*:")
PERCENT = re.compile(r"\s*(\d*\.?\d+)\s*%\s*:")
DEEPEST = 20
"""Optional parts within each other."""


class Field(NamedTuple):
    """Words from outside, and what joins them."""

    name: str
    joint: str = ", "


class Optional(NamedTuple):
    """A part that goes by itself; also by chance, if that is below 1."""

    chance: float
    parts: "Parts"


Parts = tuple[str | Field | Optional, ...]
"""A template, read: fixed text, fields and optional parts in order."""


def parse(text: str, known: Sequence[str]) -> Parts:
    """A template, read.

    Args:
        known: names of the fields that there are.

    Raises:
        ValueError: a field is unknown, a chance is no share, a bracket has no partner, it holds a control
            character, or it says nothing.
    """
    for number, letter in enumerate(text, 1):
        if unicodedata.category(letter) in ("Cc", "Cs") and not letter.isspace():
            raise ValueError(f"letter {number} is a control character (U+{ord(letter):04X})")
    parts, end = _parts(text, 0, known)
    if end < len(text):
        raise ValueError(f"letter {end + 1} closes a part that was not opened; \\] stands for the bracket itself")
    if not parts:
        raise ValueError("the template is empty")
    return parts


def fields_of(parts: Parts) -> set[str]:
    """Names of all fields in a template."""
    inner = (fields_of(part.parts) for part in parts if isinstance(part, Optional))
    return {part.name for part in parts if isinstance(part, Field)}.union(*inner)


def render(parts: Parts, fields: Mapping[str, Sequence[str]], draw: Callable[[], float], repeats: bool = False) -> str:
    """The text of a template: its pieces joined by `, `.

    Args:
        fields: words of each field; a field that is missing is empty.
        draw: gives a number in [0, 1) for each part with a chance, in the order of the template, also for one that is
            empty: so what one picture lacks changes no other part.
        repeats: False leaves out a piece that said the same before, in whatever case.
    """
    pieces = [" ".join(piece.split()) for piece in _text(parts, fields, draw).split(",")]
    said = [piece for piece in pieces if piece]
    first: dict[str, str] = {}
    for piece in said:
        first.setdefault(piece.casefold(), piece)
    return ", ".join(said if repeats else first.values())


def _text(parts: Parts, fields: Mapping[str, Sequence[str]], draw: Callable[[], float]) -> str:
    pieces, empty = [""], [False]
    for part in parts:
        if isinstance(part, str):
            first, *more = part.split(",")
            pieces[-1] += first
            pieces += more
            empty += [False] * len(more)
        elif isinstance(part, Field):
            words = [word for word in fields.get(part.name, ()) if word]
            pieces[-1] += part.joint.join(words)
            empty[-1] |= not words
        else:
            there = part.chance >= 1 or draw() < part.chance
            inner = _text(part.parts, fields, draw)
            pieces[-1] += inner if there else ""
    return ",".join("" if gone else piece for piece, gone in zip(pieces, empty, strict=True))


def _parts(text: str, at: int, known: Sequence[str], depth: int = 0) -> tuple[Parts, int]:
    """The parts from a place on, and where they end: at a closing bracket, or with the text."""
    if depth > DEEPEST:
        raise ValueError(f"letter {at} opens a part within {DEEPEST} others, which is too deep")
    parts: list[str | Field | Optional] = []
    fixed = ""
    while at < len(text) and text[at] != "]":
        letter = text[at]
        if letter == "\\" and at + 1 < len(text):
            fixed, at = fixed + text[at + 1], at + 2
        elif letter in "{[":
            parts, fixed = [*parts, fixed] if fixed else parts, ""
            part, at = _field(text, at, known) if letter == "{" else _optional(text, at, known, depth)
            parts.append(part)
        elif letter == "}":
            raise ValueError(f"letter {at + 1} closes a field that was not opened; \\}} stands for the brace itself")
        else:
            fixed, at = fixed + letter, at + 1
    return tuple([*parts, fixed] if fixed else parts), at


def _field(text: str, at: int, known: Sequence[str]) -> tuple[Field, int]:
    end = text.find("}", at)
    name, colon, joint = text[at + 1 : end].partition(":")
    if end < 0:
        raise ValueError(f"the field that letter {at + 1} opens is not closed")
    if name not in known:
        raise ValueError(f"unknown field {{{name}}}, known are {', '.join(known)}")
    return Field(name, joint) if colon else Field(name), end + 1


def _optional(text: str, at: int, known: Sequence[str], depth: int) -> tuple[Optional, int]:
    if percent := PERCENT.match(text, at + 1):
        raise ValueError(f"the chance {percent[1]}% must be a number between 0 and 1")
    chance = CHANCE.match(text, at + 1)
    if chance and not 0 <= float(chance[1]) <= 1:
        raise ValueError(f"the chance {chance[1]} is not between 0 and 1")
    parts, end = _parts(text, chance.end() if chance else at + 1, known, depth + 1)
    if end >= len(text):
        raise ValueError(f"the part that letter {at + 1} opens is not closed")
    return Optional(float(chance[1]) if chance else 1.0, parts), end + 1
