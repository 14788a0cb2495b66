"""Whether captions name the people who are there, in the order in which they stand."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class Judged(NamedTuple):
    """A caption and the truth.

    Attributes:
        named: characters that the caption names, in its order.
        first: true character of the crop itself, named first; None for a picture of several, named left to right.
        there: true people of the cast in the picture, left to right, who must be named.
        perhaps: those who may be named: `there`, and who is hidden, small, dark or on the edge; left to right.
    """

    named: Sequence[str]
    first: str | None
    there: Sequence[str]
    perhaps: Sequence[str]


def named_in(caption: str, triggers: Mapping[str, str]) -> list[str]:
    """Characters whose trigger word stands in a caption, in order; one that stands twice is there twice.

    Args:
        triggers: character by trigger word. A longer one is looked for first, and only whole words count.
    """
    plain = re.sub(r"\\(.)", r"\1", caption)
    words = "|".join(re.escape(word) for word in sorted(triggers, key=len, reverse=True))
    return [triggers[found[0]] for found in re.finditer(rf"(?<!\w)(?:{words})(?!\w)", plain)] if words else []


def right_order(judged: Judged) -> bool:
    """True if everybody who must be named is, once, nobody else but who may be, the first first, and in order."""
    own = [judged.first] if judged.first else []
    order = own + [name for name in judged.perhaps if name not in own]
    must = {*own, *judged.there}
    named = list(judged.named)
    return must <= set(named) and named == [name for name in order if name in named]


def name_figures(judged: Iterable[Judged]) -> dict[str, float | int]:
    """Of the captions that name somebody, the share that names the true people in the true order [0..1].

    `name_order` is that of all of them, `name_order_several` that of those that must name several people; 1 of none.
    `unnamed` counts the captions that name nobody, though somebody is there: nobody was found, or recognised.
    """
    judged = list(judged)
    named = [each for each in judged if each.named]
    several = [each for each in named if len({each.first, *each.there} - {None}) > 1]
    return {
        "name_order": _share(named),
        "captions": len(named),
        "name_order_several": _share(several),
        "captions_of_several": len(several),
        "unnamed": sum(not each.named and bool(each.first or each.there) for each in judged),
    }


def _share(judged: Sequence[Judged]) -> float:
    return sum(map(right_order, judged)) / len(judged) if judged else 1.0
