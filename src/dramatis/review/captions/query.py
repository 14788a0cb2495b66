"""Which pictures are shown: by what they are, by their tags and by text."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from dramatis.review.captions.gallery import Picture
from dramatis.review.captions.tags import folded, folded_tags

FACETS = ("character", "stage", "video", "split", "origin")
"""What pictures are told apart by; `origin` is auto or human."""
_SIGNED = re.compile(r"(?:^|(?<=[\s,]))([+-])(?=\S)")


class Query(NamedTuple):
    """What is looked for.

    Attributes:
        text: words that the caption, the id or the hash holds, in any case; all of them.
        has: tags that it has; `*` stands for any letters.
        lacks: tags that it lacks, likewise.
    """

    text: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


def parse(said: str) -> Query:
    """`scarf +red hair -smile`: the word scarf, the tag red hair, not the tag smile; a tag ends at a comma or sign."""
    parts = _SIGNED.split(said)
    text = [parts[0]]
    has: list[str] = []
    lacks: list[str] = []
    for sign, rest in zip(parts[1::2], parts[2::2], strict=True):
        tag, _, behind = rest.partition(",")
        if name := folded(tag):
            (has if sign == "+" else lacks).append(name)
        text.append(behind)
    words = (word for part in text for word in part.replace(",", " ").casefold().split())
    return Query(tuple(words), tuple(has), tuple(lacks))


def matches(query: Query, picture: Picture, caption: str) -> bool:
    """True if a picture with this caption is looked for."""
    if query.text:
        whole = f"{caption}\n{picture.id}\n{picture.picture}".casefold()
        if not all(word in whole for word in query.text):
            return False
    tags = folded_tags(caption) if query.has or query.lacks else frozenset()
    return all(_has(tags, tag) for tag in query.has) and not any(_has(tags, tag) for tag in query.lacks)


def _has(tags: frozenset[str], tag: str) -> bool:
    if "*" in tag:
        pattern = tag.replace("[", "[[]").replace("?", "[?]")
        return any(fnmatchcase(each, pattern) for each in tags)
    return tag in tags


def facets_of(picture: Picture, origin: str) -> dict[str, tuple[str, ...]]:
    """The values of a picture under each facet."""
    return {
        "character": picture.characters,
        "stage": (picture.stage,),
        "video": (picture.video,) if picture.video else (),
        "split": (picture.split,),
        "origin": (origin,),
    }


def find(
    pictures: Sequence[Picture],
    captions: Sequence[str | None],
    origins: Sequence[str],
    query: Query,
    wanted: Mapping[str, str],
) -> list[int]:
    """Positions of the pictures that are looked for, in order.

    Args:
        captions: of the pictures; null where none is known.
        origins: of the captions: auto or human.
        wanted: value of each facet that must be met; one that is left out or empty meets all.
    """
    asked = {facet: value for facet, value in wanted.items() if value and facet in FACETS}
    found = []
    for n, picture in enumerate(pictures):
        facets = facets_of(picture, origins[n])
        if all(value in facets[facet] for facet, value in asked.items()) and matches(query, picture, captions[n] or ""):
            found.append(n)
    return found


def choices(pictures: Sequence[Picture], origins: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """The values of each facet with the number of their pictures, in order of the alphabet."""
    counts: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
    for picture, origin in zip(pictures, origins, strict=True):
        for facet, values in facets_of(picture, origin).items():
            for value in values:
                counts[facet][value] = counts[facet].get(value, 0) + 1
    return {facet: sorted(inside.items()) for facet, inside in counts.items()}
