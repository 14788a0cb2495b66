"""Captions as text: which tags go in, and in what order the parts stand."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence


def compose(parts: Iterable[str | None]) -> str:
    """The parts joined by `, `: empty ones, and those that said the same before in whatever case, are left out."""
    first: dict[str, str] = {}
    for part in parts:
        if part:
            first.setdefault(part.casefold(), part)
    return ", ".join(first.values())


def spoken(key: str) -> str:
    """An id as words: `winter-coat` as `winter coat`."""
    return key.replace("-", " ").replace("_", " ")


def selected(tags: Sequence[str], without: Collection[str], max_tags: int) -> list[str]:
    """The first `max_tags` tags that are not among `without`.

    Args:
        tags: words of the tagger, most certain first.
        without: what is not said: excluded or core tags, and words that are said from the boxes instead.
    """
    return [tag for tag in tags if tag not in without][:max_tags]


def core_tags(solo: Sequence[Collection[str]], min_share: float, words: Collection[str]) -> set[str]:
    """The tags that belong to a character's looks.

    Args:
        solo: tags of each of its crops that show nobody else.
        min_share: share of those crops in which a tag must occur [0..1].
        words: a tag counts only if one of these is among its words; `long hair` has `hair`.

    Returns:
        Tags with spaces; none if there is no such crop.
    """
    counts = Counter(tag for tags in solo for tag in set(tags))
    looks = set(words)
    return {
        tag
        for tag, count in counts.items()
        if count >= min_share * len(solo) and (tag in looks or looks & set(tag.split()))
    }
