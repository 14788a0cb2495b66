"""Text as lines that fit: where a line may break, and what becomes of a word that is wider than a line."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from uniseg.graphemecluster import grapheme_clusters
from uniseg.linebreak import line_break_units

Measure = Callable[[str], float]
"""Width of a text on one line."""
SOFT_HYPHEN = "\u00ad"
BLANK = re.compile(r"[ \t\r\n\v\f\u2028\u2029]+")


def broken(text: str, width: float, measure: Measure) -> list[str]:
    """The lines of a text, none wider than this.

    Lines break where the Unicode line breaking algorithm lets them (UAX #14): at spaces, behind hyphens, between the
    letters of Chinese and Japanese but not before their full stops. A word that is wider than a line is cut between
    letters, with a hyphen where its script has one. Only a single letter may be wider than a line.
    """
    lines, line = [], ""
    for unit in _units(BLANK.sub(" ", text).strip(" ")):
        if line and measure(_shown(line + unit)) > width:
            lines.append(_shown(line))
            line = ""
        line += unit
        if measure(_shown(line)) > width:
            *heads, line = _cut(line, width, measure)
            lines += heads
    return [*lines, _shown(line)] if _shown(line) else lines


@lru_cache(1024)
def _units(text: str) -> list[str]:
    """Parts of a text between which a line may break."""
    return list(line_break_units(text))


def _shown(line: str) -> str:
    """A line as it is drawn: no blanks at its end, and a hyphen where a soft one broke it."""
    line = line.rstrip(" ")
    return line.replace(SOFT_HYPHEN, "") + ("-" if line.endswith(SOFT_HYPHEN) else "")


def _cut(word: str, width: float, measure: Measure) -> list[str]:
    """A word in parts of as many letters as fit, one at least."""
    letters, parts = _letters(word), list[str]()
    while len(letters) > 1 and measure(_shown("".join(letters))) > width:
        low, high = 1, len(letters) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if measure(_parted(letters, middle)) <= width else (low, middle - 1)
        rest = letters[low:]
        while rest and not rest[0].strip(" "):
            rest = rest[1:]
        if not rest:
            break
        parts.append(_parted(letters, low))
        letters = rest
    return [*parts, "".join(letters)]


@lru_cache(1024)
def _letters(text: str) -> tuple[str, ...]:
    return tuple(grapheme_clusters(text))


def _parted(letters: Sequence[str], count: int) -> str:
    head = "".join(letters[:count])
    hyphen = count < len(letters) and _hyphenated(letters[count - 1][0]) and _hyphenated(letters[count][0])
    return _shown(head) + ("-" if hyphen else "")


def _hyphenated(letter: str) -> bool:
    """Whether a hyphen marks a break behind it: letters of alphabets with capitals, as Latin, Greek and Cyrillic."""
    return unicodedata.category(letter) in ("Lu", "Ll", "Lt")


def right_to_left(text: str) -> bool:
    """Whether a text runs from right to left, by its first letter that has a direction (UAX #9, rules P2 and P3)."""
    found = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in ("R", "AL") for kind in found if kind in ("L", "R", "AL")), False)


def reading_letters(text: str) -> int:
    """Letters of a text as people read them: wide ones, as of Chinese and Japanese, count twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
