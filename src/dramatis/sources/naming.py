"""Names: an id out of a title in any script, and a file name that every disk, shell and template takes."""

import re
import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath

from dramatis.cast.decisions import id_from

LONGEST = 48
"""Letters of an id made of a name; ids stand in the key of every row, so they are short."""
SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,119}")
"""A file in `raw/` with such a name stays as it is."""
NO_WORD = re.compile(r"[0-9_-]+|[0-9]+e[0-9]+|0[xob]\w+|null|true|false|yes|no|on|off|y|n")
"""What some reader of YAML takes for a number, a date or a truth rather than for a word."""
SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
SPECIAL = str.maketrans({
    "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ŋ": "ng",
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "i",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "iu",
    "я": "ia", "і": "i", "ї": "i", "є": "ie", "ґ": "g", "ў": "u", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj",
    "ћ": "c", "џ": "dz",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
    "χ": "ch", "ψ": "ps", "ω": "o",
})  # fmt: skip
"""Letters that fall apart into no Latin ones: of Latin, Cyrillic and Greek."""
SYLLABLE = re.compile(r"(?:HIRAGANA|KATAKANA|HANGUL)(?: LETTER| SYLLABLE)(?: SMALL)? ([A-Z]+)")
"""How Unicode calls kana and hangul: by their sound."""


def plain(name: str) -> str:
    """A name in Latin letters, as far as each letter alone says how it sounds: ideographs do not, and stay."""
    letters = unicodedata.normalize("NFKC", name.casefold()).translate(SPECIAL)
    # the marks of Greek and Cyrillic letters come off here; those of Latin ones in `id_from`
    letters = unicodedata.normalize("NFC", letters)
    return "".join(_latin(letter) for letter in letters)


def _latin(letter: str) -> str:
    if letter.isascii():
        return letter
    sound = SYLLABLE.fullmatch(unicodedata.name(letter, ""))
    if sound:
        return sound[1].lower()
    return unicodedata.normalize("NFKD", letter).translate(SPECIAL)


def id_of(name: str, taken: Collection[str]) -> str:
    """An id made of a name for people, `video` if nothing of it can be in one; with a number if it is taken.

    Args:
        name: without the ending of a file.
        taken: ids that are not free.
    """
    short = id_from(plain(name))[:LONGEST].strip("-_") or "video"
    if NO_WORD.fullmatch(short):
        short = f"v{short}"
    number, key = 1, short
    while key in taken:
        number += 1
        key = f"{short}-{number}"
    return key


def stem_and_suffix(name: str) -> tuple[str, str]:
    """The two parts of a file's name; the ending in small letters, and empty if it is not short and plain."""
    path = PurePosixPath(name.replace("\0", ""))
    suffix = path.suffix.lower()
    return (path.name[: -len(suffix)], suffix) if SUFFIX.fullmatch(suffix) else (path.name, "")


def natural(name: str) -> list[tuple[int, int | str]]:
    """Sorts names as people count: `episode-2` before `episode-10`."""
    return [
        (0, int(part)) if part.isdecimal() else (1, part) for part in re.split(r"([0-9]+)", name.casefold()) if part
    ]
