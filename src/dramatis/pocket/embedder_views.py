"""Views of characters: heads as stage `embed` cuts them, at many sizes, poses and lights."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace

import numpy as np

from dramatis.core import boxes as bx
from dramatis.core.images import Image, cut, resize
from dramatis.film.character import Character, draw_character, draw_outfit
from dramatis.pocket.degrade import film_look, generated_look
from dramatis.pocket.pictures import GROUPS, Picture, characters, identity_tags, picture

GENERATED_PX = 64
SIZES_PX = {"head": (26, 132), "upper": (56, 192), "full": (120, 300)}
"""Smallest and largest side of a picture from which a head is cut, for each stage."""

_CLEAR = {
    tag for group in ("hair_colour", "hair_style", "eye_colour", "skin", "mark", "headgear") for tag in GROUPS[group]
}
"""Tags of what is seen at a glance: two people differ in one of them at least."""

Regenerate = Callable[[list[Picture], np.random.Generator], list[Image]]
"""Gives pictures of 64 px back as a generator would have drawn them."""


def resembling(who: Character, rng: np.random.Generator) -> Character:
    """Somebody else who shares most of somebody's looks by chance; in about one trait of three they may differ."""
    while True:
        other = draw_character(rng)
        taken = [field.name for field in fields(Character) if rng.random() < 1 / 3]
        mixed = replace(who, **{name: getattr(other, name) for name in taken})
        if _CLEAR & ({*identity_tags(mixed)} ^ {*identity_tags(who)}):
            return mixed


def crowd(rng: np.random.Generator, count: int, look_alikes: int, resembled: int) -> list[Character]:
    """`count` people, among them look-alikes and people who resemble others."""
    people = characters(rng, count - resembled, look_alikes)
    return people + [resembling(people[n], rng) for n in range(resembled)]


def shown(rng: np.random.Generator, who: Character, stages: Sequence[str], size_px: int | None = None) -> Picture:
    """A picture of somebody, in any clothes, whose face is seen."""
    while True:
        stage = stages[int(rng.integers(len(stages)))]
        low, high = SIZES_PX[stage]
        side = size_px or int(round(np.exp(rng.uniform(np.log(low), np.log(high)))))
        drawn = picture(rng, side, who.wearing(draw_outfit(rng)), stage)
        if {"face", "head"} <= {kind for kind, _ in drawn.boxes}:
            return drawn


def head_crop(image: Image, drawn: Picture, rng: np.random.Generator, size_px: int) -> Image:
    """The head cut out of `image`, a little off, squashed to a square.

    Most often its box grown by about 1.2 (stage `embed`), else a square about it (stage `crops`).
    """
    box = np.array(dict(drawn.boxes)["head"])
    box += rng.normal(0, 0.03, 4) * (box[2] - box[0])
    if rng.random() < 0.3:
        around = bx.expand(box, rng.uniform(1.0, 1.5))
    else:
        grow = (box[2:] - box[:2]) * rng.uniform(0, 0.2)
        around = np.concatenate([box[:2] - grow, box[2:] + grow])
    return resize(cut(image, around), size_px, size_px)


def views(rng: np.random.Generator, people: Sequence[Character], each: int, size_px: int) -> list[Image]:
    """`each` views of every character, one after the other, as a film shows them."""
    made = []
    for who in people:
        for _ in range(each):
            drawn = shown(rng, who, ("head", "head", "upper", "full"))
            made.append(film_look(head_crop(drawn.image, drawn, rng, size_px), rng))
    return made


def generated_views(
    rng: np.random.Generator, people: Sequence[Character], size_px: int, regenerate: Regenerate
) -> list[Image]:
    """One view of each of `people` as a generator draws it."""
    drawn = [shown(rng, who, ("head", "head", "upper"), GENERATED_PX) for who in people]
    again = regenerate(drawn, rng)
    return [head_crop(image, before, rng, size_px) for image, before in zip(again, drawn, strict=True)]


def softened(drawn: list[Picture], rng: np.random.Generator) -> list[Image]:
    """A stand-in for a generator: blur and mottle (`degrade.generated_look`)."""
    return [generated_look(picture.image, rng) for picture in drawn]
