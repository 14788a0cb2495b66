"""Fonts: one that has every letter of a text, as parameters name it or as fontconfig finds it."""

import shutil
import subprocess
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTCollection, TTFont, TTLibError
from PIL.ImageFont import FreeTypeFont, truetype

from dramatis.core.errors import InputError, MissingError
from dramatis.core.fonts import font

SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
MOST_TRIED, MOST_TOLD = 20, 8
"""Fonts that are looked into, the best first; letters that a message names."""
PACKAGES = dict.fromkeys(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"), "fonts-noto-cjk")
"""What to install for a script, by the first word of its letters' names; any other: `fonts-noto-core`."""
UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")
"""Kinds of letters that no font has to have."""


class Face(NamedTuple):
    """A font in a file, and its number among those of a collection."""

    file: Path
    number: int = 0


def face_for(text: str, place: str, wished: str | None, language: str, bold: bool = False) -> Face:
    """A font with all letters of a text.

    Args:
        text: title or caption.
        place: what the text is, for the message.
        wished: file or family that must be it; None: DejaVu Sans if it has the letters, else fontconfig's first.
        language: of the text, which fontconfig heeds.
        bold: of DejaVu Sans.

    Raises:
        MissingError: no font has them, or the wished one is not there; names letters and what to do.
        InputError: the wished one is no font.
    """
    wanted = seen_letters(text)
    face = _wished(wished) if wished else Face(Path(str(font(16, bold).path)))
    lacking = wanted - letters_of(face)
    if not lacking:
        return face
    if wished:
        remedy = "Name one that has them in `render.font`, or null to let fontconfig find one"
        raise MissingError(place, f"the font {wished} has no {_told(lacking)}", remedy)
    for other in _found(f":charset={' '.join(f'{ord(letter):x}' for letter in sorted(wanted))}:lang={language}"):
        if not wanted - letters_of(other):
            return other
    package = PACKAGES.get(unicodedata.name(min(lacking), "").partition(" ")[0].partition("-")[0], "fonts-noto-core")
    remedy = f"Install one, as by `apt install {package}`, or name a font file in `render.font`"
    raise MissingError(place, f"no font here has all of its letters; DejaVu Sans has no {_told(lacking)}", remedy)


def seen_letters(text: str) -> set[str]:
    """The letters of a text that are drawn."""
    return {a for a in text if unicodedata.category(a) not in UNSEEN and not "\ufe00" <= a <= "\ufe0f"}


def _told(letters: set[str]) -> str:
    shown = sorted(letters)[:MOST_TOLD]
    more = f" and {len(letters) - MOST_TOLD} more" if len(letters) > MOST_TOLD else ""
    return f"{' '.join(shown)}{more} ({unicodedata.name(shown[0], f'U+{ord(shown[0]):04X}')})"


def _wished(name: str) -> Face:
    if name.lower().endswith(SUFFIXES) or Path(name).is_file():
        if not Path(name).is_file():
            raise MissingError(name, "there is no such font file", "Mend `render.font`, a file or a family")
        return Face(Path(name))
    if not shutil.which("fc-match"):
        raise MissingError(f"font {name}", "families are found by fontconfig, which is not here", "Name a font file")
    said = _fontconfig("--format", "%{family}", name.replace("-", r"\-").replace(":", r"\:"))
    if name.casefold() not in (family.strip().casefold() for family in said.split(",")):
        problem = f"no such family is installed; nearest is {said.split(',')[0]}"
        raise MissingError(f"font {name}", problem, "`fc-list : family` shows all; or name a font file")
    return _found(name.replace("-", r"\-").replace(":", r"\:"))[0]


@cache
def _found(pattern: str) -> list[Face]:
    """Fonts for a pattern of fontconfig, its first choice first; none where it is not installed."""
    if not shutil.which("fc-match"):
        return []
    said = _fontconfig("--sort", "--format", "%{file}\t%{index}\n", pattern)
    pairs = (line.split("\t") for line in said.splitlines())
    faces = [Face(Path(file), int(index) & 0xFFFF) for file, index in pairs if file.lower().endswith(SUFFIXES)]
    return faces[:MOST_TRIED]


def _fontconfig(*arguments: str) -> str:
    return subprocess.run(["fc-match", *arguments], capture_output=True, text=True, check=False).stdout


@cache
def letters_of(face: Face) -> frozenset[str]:
    """All letters that a font has.

    Raises:
        InputError: the file is no font.
    """
    try:
        with face.file.open("rb") as stream:
            collection = stream.read(4) == b"ttcf"
            stream.seek(0)
            fonts = TTCollection(stream, lazy=True).fonts if collection else [TTFont(stream, lazy=True)]
            return frozenset(map(chr, fonts[face.number].getBestCmap() or ()))
    except (TTLibError, KeyError, IndexError, AssertionError, ValueError) as error:
        raise InputError(str(face.file), f"it is no font ({error})", "Name a TrueType or OpenType file") from None


@cache
def sized(face: Face, size_px: int) -> FreeTypeFont:
    """A font of a size, for Pillow.

    Raises:
        InputError: the file is no font that FreeType reads.
    """
    try:
        return truetype(str(face.file), size_px, index=face.number)
    except OSError as error:
        raise InputError(str(face.file), f"it is no font ({error})", "Name a TrueType or OpenType file") from None
