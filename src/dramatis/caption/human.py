"""Captions that people wrote: `captions.yaml`, by the hash of the picture."""

import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

import yaml
from yaml.events import CollectionEndEvent, CollectionStartEvent
from yaml.nodes import MappingNode, Node, ScalarNode

from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.yaml_lines import LOADER, not_yaml, text_of

FILE = Path("captions.yaml")
HASH = re.compile(r"[0-9a-f]{16}")
"""`picture` of a crop, scene or composite."""
CONFLICT = "<<<<<<< "
MAX_TAGS = 1000
MAX_LETTERS = 10_000
"""Most tags and letters of one caption."""
MAX_DEPTH = 9
"""Lists within lists that are looked at: the parser in C ends the program at some ten thousand."""
FORBIDDEN = ("Cc", "Cs", "Zl", "Zp")
"""Categories of Unicode that no caption holds: control characters, half characters, ends of lines and paragraphs."""


class Written(NamedTuple):
    """One caption of the file.

    Attributes:
        picture: hash of the picture.
        caption: its text.
        line: where it stands, counted from 1.
    """

    picture: str
    caption: str
    line: int


def read_captions(file: Path = FILE) -> dict[str, str]:
    """Captions by hash of the picture, in the order of the file.

    A merge of two people's files may leave a line twice: equal ones count once.

    Raises:
        MissingError: there is no such file.
        ParameterError: it is no YAML, a key is no hash, a text is no caption, or a picture has two.
    """
    if not file.is_file():
        raise MissingError(str(file), "there is no such file", "Make it, empty; it may hold captions of your own")
    return captions_in(text_of(file), str(file))


def captions_in(text: str, place: str) -> dict[str, str]:
    """Captions by hash of the picture, in the order of a text in YAML; equal ones count once.

    Raises:
        ParameterError: see `read_captions`.
    """
    held: dict[str, Written] = {}
    for each in lines_of(text, place):
        other = held.setdefault(each.picture, each)
        if other.caption != each.caption:
            raise ParameterError(
                f"{place}:{other.line} and {place}:{each.line}",
                f"{each.picture} is {_shown(other.caption)} in one line and {_shown(each.caption)} in the other",
                "Two people wrote this: take one of the lines out",
            )
    return {picture: each.caption for picture, each in held.items()}


def lines_of(text: str, place: str) -> list[Written]:
    """Every caption of a text in YAML, also what stands twice.

    Keys are read as they stand there: a hash of digits only is no number.

    Raises:
        ParameterError: it is no YAML, a key is no hash, or a text is no caption; names the line.
    """
    for number, line in enumerate(text.split("\n"), 1):
        control = _control(line.replace("\t", " ").removesuffix("\r"))
        if control:
            raise ParameterError(f"{place}:{number}", control, "Take it out")
        if line.startswith(CONFLICT):
            remedy = "Keep the lines of both, and take out those that git put around them"
            raise ParameterError(f"{place}:{number}", "git could not merge what two people wrote here", remedy)
    try:
        _refuse_depth(text, place)
        top = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        raise not_yaml(place, error, 'Write `<hash>: "<caption>"`, the caption in quotes') from None
    if top is None:
        return []
    if not isinstance(top, MappingNode):
        raise ParameterError(place, "it holds no captions by hash", 'Write `<hash>: "<caption>"`, one a line')
    return [_written(key, value, place) for key, value in top.value]


def fault_of(caption: str) -> str | None:
    """What is wrong with a caption: it is empty, holds control characters, or is far too long; None if nothing is."""
    if not caption.replace(",", " ").strip():
        return "the caption is empty"
    if control := _control(caption):
        return control
    tags = caption.count(",") + 1
    if tags > MAX_TAGS:
        return f"the caption has {tags} tags, at most {MAX_TAGS} are allowed"
    if len(caption) > MAX_LETTERS:
        return f"the caption has {len(caption)} letters, at most {MAX_LETTERS} are allowed"
    return None


def _control(text: str) -> str | None:
    if text.isprintable():
        return None
    found = next((letter for letter in text if unicodedata.category(letter) in FORBIDDEN), None)
    if found == "\n":
        return "it holds a line break (U+000A); a caption is one line"
    return f"it holds a control character (U+{ord(found):04X})" if found else None


def _refuse_depth(text: str, place: str) -> None:
    depth = line = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else line
        if depth > MAX_DEPTH:
            raise ParameterError(f"{place}:{line}", "this is no text", "Put the caption in quotes")


def _written(key: Node, value: Node, place: str) -> Written:
    line = key.start_mark.line + 1
    picture = key.value if isinstance(key, ScalarNode) else ""
    if not HASH.fullmatch(picture):
        problem = f"{_shown(picture)} is no hash of a picture: 16 digits of 0-9 and a-f"
        raise ParameterError(f"{place}:{line}", problem, "Take it from the review page or the sheet of the dataset")
    if not isinstance(value, ScalarNode):
        raise ParameterError(f"{place}:{line}", f"{picture}: this is no text", "Put the caption in quotes")
    caption = "" if value.tag == "tag:yaml.org,2002:null" else value.value
    fault = fault_of(caption)
    if fault:
        raise ParameterError(f"{place}:{line}", f"{picture}: {fault}", "Mend the caption or take the line out")
    return Written(picture, caption.strip(), line)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
