"""Captions as tags: the parts between commas, and what a person does to them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

Change = Callable[[str], str]
"""Makes a new caption of a caption."""


class Count(NamedTuple):
    """A tag, and in how many captions it is."""

    tag: str
    captions: int


def tags_of(caption: str) -> list[str]:
    """The tags of a caption, in order."""
    return [tag for part in caption.split(",") if (tag := " ".join(part.split()))]


@lru_cache(maxsize=1 << 16)
def folded(tag: str) -> str:
    """What makes two tags the same, whoever wrote them: without case, escapes, and with spaces for underscores."""
    return " ".join(tag.replace("\\", "").replace("_", " ").split()).casefold()


@lru_cache(maxsize=1 << 16)
def folded_tags(caption: str) -> frozenset[str]:
    """The tags of a caption, as `folded` has them."""
    return frozenset(map(folded, tags_of(caption)))


def tidy(text: str) -> str:
    """Text as a caption: one line, without spaces at its ends and without empty tags."""
    return ", ".join(tags_of(text)) if re.search(r",\s*(,|$)|^\s*,", text) else " ".join(text.split())


def adding(tag: str) -> Change:
    """A tag, or several with commas between them, at the end of the captions that lack them."""

    def change(caption: str) -> str:
        new = [each for each in tags_of(tag) if folded(each) not in folded_tags(caption)]
        return ", ".join([caption.rstrip(" ,"), *new]) if new else caption

    return change


def removing(tag: str) -> Change:
    """Without a tag, or several with commas between them."""
    gone = folded_tags(tag)

    def change(caption: str) -> str:
        kept = [each for each in tags_of(caption) if folded(each) not in gone]
        return caption if len(kept) == len(tags_of(caption)) else ", ".join(kept)

    return change


def replacing_tag(tag: str, by: str) -> Change:
    """One tag instead of another, in its place; where the new one is already, the old one goes."""
    old = folded(tag)

    def change(caption: str) -> str:
        if old not in folded_tags(caption):
            return caption
        kept: dict[str, str] = {}
        for each in tags_of(caption):
            for new in tags_of(by) if folded(each) == old else [each]:
                kept.setdefault(folded(new), new)
        return ", ".join(kept.values())

    return change


def replacing_text(find: str, by: str, match_case: bool = True) -> Change:
    """One text instead of another, wherever it stands."""
    pattern = re.compile(re.escape(find), 0 if match_case else re.IGNORECASE)

    def change(caption: str) -> str:
        new, count = pattern.subn(lambda _: by, caption)
        return tidy(new) if find and count else caption

    return change


def counted(captions: Iterable[str]) -> list[Count]:
    """How often each tag is used, in the way it is written most; the most used first."""
    counts: Counter[str] = Counter()
    written: dict[str, Counter[str]] = {}
    for caption, times in Counter(captions).items():
        for tag in dict.fromkeys(tags_of(caption)):
            written.setdefault(folded(tag), Counter())[tag] += times
        for key in folded_tags(caption):
            counts[key] += times
    order = sorted(counts, key=lambda key: (-counts[key], key))
    return [Count(min(written[key], key=lambda tag: (-written[key][tag], tag)), counts[key]) for key in order]


def have_all(tag: str, captions: Sequence[str]) -> bool:
    """True if every caption has the tag."""
    wanted = folded_tags(tag)
    return all(wanted <= folded_tags(caption) for caption in captions)
