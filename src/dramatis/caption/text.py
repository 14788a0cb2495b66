"""Tags as text: which of them say the same, which belong to somebody's looks, and how they are written."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

BRACKETS = re.compile(r"[\\()\[\]]")


def spoken(key: str) -> str:
    """An id as words: `winter-coat` as `winter coat`."""
    return key.replace("-", " ").replace("_", " ")


def without_overlaps(tags: Sequence[str]) -> list[str]:
    """The tags that are not part of another, word by word, in the order given.

    `hair` goes beside `long hair`, and `ears` stays beside `tears`.
    """
    padded = [f" {tag} " for tag in tags]
    return [tag for tag in tags if not any(f" {tag} " in other and f" {tag} " != other for other in padded)]


def core_tags(solo: Sequence[Collection[str]], min_share: float, words: Collection[str]) -> set[str]:
    """The tags that belong to a character's looks.

    Args:
        solo: tags of each of its pictures that show nobody else.
        min_share: share of those pictures in which a tag must occur [0..1].
        words: a tag counts only if one of these is among its words; `long hair` has `hair`.

    Returns:
        Tags with spaces; none if there is no such picture.
    """
    counts = Counter(tag for tags in solo for tag in set(tags))
    looks = set(words)
    return {
        tag
        for tag, count in counts.items()
        if count >= min_share * len(solo) and (tag in looks or looks & set(tag.split()))
    }


def escaped(text: str) -> str:
    """Text whose brackets are no weights to trainers that read those: `ada (film)` as `ada \\(film\\)`."""
    return BRACKETS.sub(r"\\\g<0>", text)


def written(tag: str, weights: Mapping[str, float], escape: bool) -> str:
    """A tag as it stands in the caption: `smile` of weight 1.2 as `(smile:1.2)`."""
    text = escaped(tag) if escape else tag
    return f"({text}:{weights[tag]:g})" if tag in weights else text
