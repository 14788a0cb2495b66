"""What is drawn: prompts, seeds and keys, the same for every checkpoint."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.core import seeds
from dramatis.core.images import Image
from dramatis.diffusion.emphasis import plain
from dramatis.preview.params import PEOPLE, PairPrompts, Pictures

PLACE = "{trigger}"

Size = tuple[int, int] | None
"""Width and height of a picture [px]; None is as the parameters of drawing say."""


class Control(NamedTuple):
    """A control image to draw after."""

    image: Image
    """Of the size of the picture."""
    landmarks: NDArray[np.float32] | None
    """68 points x, y, shape (136,) [share of width, height]; None without."""


class Request(NamedTuple):
    """One picture to draw of each checkpoint."""

    key: str
    """`<purpose>-<who>-<prompt:02d>-<n:02d>`."""
    purpose: str
    characters: tuple[str, ...]
    """Whom it asks for, left to right."""
    prompt: str
    negative: str | None
    """None is that of the parameters of drawing."""
    wanted: list[str]
    seed: int
    size: Size = None
    control: Control | None = None


class Prompt(NamedTuple):
    """A prompt of one kind before it is numbered: whom it asks for, the template, and the words in its places."""

    characters: tuple[str, ...]
    template: str
    words: dict[str, str]


def wanted_tags(template: str) -> list[str]:
    """Tags that a template asks for beside its characters: its parts between commas without places, in order."""
    parts = [part.strip() for part in plain(template).split(",")]
    return [part for part in parts if part and "{" not in part]


def filled(template: str, words: Mapping[str, str]) -> str:
    """A template with words in its places."""
    for place, word in words.items():
        template = template.replace(f"{{{place}}}", word)
    return template


def singles(triggers: Mapping[str, str], templates: Sequence[str]) -> Iterator[Prompt]:
    """Every template for every character."""
    for character, trigger in triggers.items():
        for template in templates:
            yield Prompt((character,), template, {"trigger": trigger})


def nameless(templates: Sequence[str]) -> Iterator[Prompt]:
    """Every template without the part that names somebody, if it has others."""
    for template in templates:
        if tags := wanted_tags(template):
            yield Prompt((), ", ".join(tags), {})


def groups(triggers: Mapping[str, str], params: PairPrompts) -> Iterator[Prompt]:
    """Every template of several people for every group of as many characters; nothing if the run has too few.

    Where there are more groups than `most`, those taken lie evenly in the list of all, so that everybody has a chance.
    """
    arrange = permutations if params.orders == "all" else combinations
    for template in params.prompts:
        places = [place for place in PEOPLE if f"{{{place}}}" in template] or ["trigger"]
        every = list(arrange(triggers, len(places)))
        for number in spread(len(every), params.most):
            together = every[number]
            yield Prompt(together, template, {p: triggers[c] for p, c in zip(places, together, strict=True)})


def spread(count: int, most: int) -> list[int]:
    """Indices of at most so many of `count` things, evenly apart, the first among them."""
    return list(range(count)) if count <= most else [number * count // most for number in range(most)]


def requests(
    purpose: str, prompts: Sequence[Prompt], kind: Pictures, seed: int, style: str | None = None
) -> list[Request]:
    """The pictures of one kind of prompts.

    Args:
        purpose: key of section `preview`.
        prompts: of that kind, each character's or group's one after the other.
        kind: how many of each, and how.
        seed: of the stage; a picture's own depends on characters, template and number, so more prompts change no other.
        style: token that every prompt ends with; None without.
    """
    made: list[Request] = []
    numbers: dict[tuple[str, ...], int] = {}
    for prompt in prompts:
        number = numbers[prompt.characters] = numbers.get(prompt.characters, -1) + 1
        who = "+".join(prompt.characters) or "nobody"
        text = filled(prompt.template, prompt.words)
        made += [
            Request(
                key=f"{purpose}-{who}-{number:02d}-{n:02d}",
                purpose=purpose,
                characters=prompt.characters,
                prompt=f"{text}, {style}" if style else text,
                negative=kind.negative,
                wanted=wanted_tags(prompt.template),
                seed=seeds.derive(seed, "+".join(prompt.characters), prompt.template, n),
                size=kind.size_px,
            )
            for n in range(kind.images)
        ]
    return made
