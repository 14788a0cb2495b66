"""Names as people type them: to an id, and a display name where the id alone would not show it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dramatis.cast.decisions import Character, display_of, id_from


class Name(NamedTuple):
    """Who is meant.

    Attributes:
        id: of the character.
        display: name for people, where it does not follow from the id; null if it does or is known.
        known: true for a character that is there already.
    """

    id: str
    display: str | None
    known: bool


def read_name(text: str, ids: Iterable[str], characters: Mapping[str, Character]) -> Name | None:
    """The character that a typed name means: one that is there, by id or display name, or a new one.

    Args:
        text: as typed.
        ids: characters that are there.
        characters: what `cast.yaml` says of them.

    Returns:
        None if nothing was typed.
    """
    text = " ".join(text.split())
    ids = sorted(ids)
    for known in ids:
        if text.casefold() in (known, display_of(known, characters).casefold()):
            return Name(known, None, True)
    if not text:
        return None
    new = id_from(text) or _next("character", ids)
    if new in ids:  # another name that reads alike, such as Zoe and Zoë
        new = _next(new, ids)
    return Name(new, None if display_of(new, {}) == text or new == text else text, False)


def _next(stem: str, ids: list[str]) -> str:
    number = 1
    while (name := f"{stem}-{number}") in ids:
        number += 1
    return name
