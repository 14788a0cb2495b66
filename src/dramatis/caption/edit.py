"""Changes to `captions.yaml`: a function of its text gives the new text, `update` writes it.

Comments and the layout of what stays are kept. A caption is one line, and new lines are sorted by the hash: so what two
people add merges in git. Many captions are changed in one go.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import yaml
from yaml.nodes import CollectionNode

from dramatis.caption.human import FILE, HASH, captions_in, fault_of
from dramatis.core.errors import ParameterError
from dramatis.core.rewrite import rewrite
from dramatis.core.yaml_lines import LOADER, comment_behind, last_line, quoted

PLACE = str(FILE)
_NUMBER = re.compile(r"[0-9]+(e[0-9]+)?|0b[01]+")


class Entry(NamedTuple):
    """One caption of the file.

    Attributes:
        picture: hash of the picture.
        first, last: its lines, counted from 0, both included.
        comment: what stands behind it.
    """

    picture: str
    first: int
    last: int
    comment: str


def set_captions(text: str, captions: Mapping[str, str | None], place: str = PLACE) -> str:
    """The text with some captions written, and those that are None taken out; what says the same stays as it is.

    A caption stands on the line of the one before it, with the comment behind that; a new one stands before the first
    of a larger hash. One that stands twice is written once.

    Args:
        captions: texts by hash of the picture.
        place: the file, for errors.

    Raises:
        ParameterError: the text is not sound, a key is no hash, or a caption is none: see `fault_of`.
    """
    held = captions_in(text, place)
    _check(captions, place)
    lines, entries = _opened(text, held)
    new = {
        picture: f"{_key(picture)}: {quoted(caption.strip())}"
        for picture, caption in captions.items()
        if caption is not None
    }
    stays = {
        picture for picture, caption in captions.items() if caption is not None and held.get(picture) == caption.strip()
    }
    at: dict[int, list[str]] = {}
    cut: set[int] = set()
    seen: set[str] = set()
    for entry in entries:
        again = entry.picture in seen
        seen.add(entry.picture)
        if entry.picture in captions and (again or entry.picture not in stays):
            cut.update(range(entry.first, entry.last + 1))
            if entry.picture in new and not again:
                at.setdefault(entry.first, []).append(new[entry.picture] + entry.comment)
    for place_of, picture in _places(entries, sorted(new.keys() - seen), len(lines)):
        at.setdefault(place_of, []).insert(0, new[picture])
    if not at and not cut:
        return text
    changed = [
        line for n in range(len(lines) + 1) for line in (*at.get(n, ()), *(lines[n : n + 1] if n not in cut else ()))
    ]
    return "\n".join(changed) + "\n" if changed else ""


def update(file: Path, change: Callable[[str], str]) -> str:
    """Changes the text of the file, as `rewrite` does; gives the new text.

    Raises:
        ParameterError: what stands there, or what would, is not sound: see `captions_in`.
        InputError: another process keeps the file.
    """

    def checked(before: str) -> str:
        after = change(before)
        captions_in(after, file.name)
        return after

    return rewrite(file, checked)


def _check(captions: Mapping[str, str | None], place: str) -> None:
    for picture, caption in captions.items():
        if not HASH.fullmatch(picture):
            problem = "is no hash of a picture: 16 digits of 0-9 and a-f"
            raise ParameterError(f"{place}: {picture!r}", problem, "Take it from the review page")
        if caption is not None and (fault := fault_of(caption)):
            raise ParameterError(f"{place}: {picture}", fault, "Write another, or take the line out")


def _opened(text: str, held: Mapping[str, str]) -> tuple[list[str], list[Entry]]:
    """The lines, every caption on lines of its own, and where each stands; a file in braces is written in lines."""
    top = yaml.compose(text, Loader=LOADER)
    lines = text.splitlines()
    if top is None:
        return lines, []
    if isinstance(top, CollectionNode) and top.flow_style:
        behind = comment_behind(top, top.end_mark.line, lines).strip()
        inside = [f"{_key(picture)}: {quoted(caption)}" for picture, caption in held.items()]
        whole = [*lines[: top.start_mark.line], *([behind] if behind else []), *inside]
        whole += lines[top.end_mark.line + 1 :]
        return _opened("\n".join(whole) + "\n", held)
    entries = []
    for key, value in top.value:
        last = max(last_line(value), key.end_mark.line)
        entries.append(Entry(key.value, key.start_mark.line, last, comment_behind(value, last, lines)))
    return lines, entries


def _places(entries: list[Entry], pictures: list[str], end: int) -> list[tuple[int, str]]:
    """Line before which each new picture stands, the last first: its comments stay with the entry behind it."""
    largest = list(accumulate((entry.picture for entry in entries), max))
    found = []
    for picture in reversed(pictures):
        n = bisect_right(largest, picture)  # the first entry of a larger hash
        after = entries[n - 1].last + 1 if n else entries[0].first if entries else end
        found.append((after, picture))
    return found


def _key(picture: str) -> str:
    """A hash as a key; in quotes if some reader takes it for a number."""
    return quoted(picture) if _NUMBER.fullmatch(picture) else picture
