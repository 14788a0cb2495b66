"""Views of characters: heads as stage `embed` cuts them, at many sizes, poses and lights."""
from collections.abc import Callable, Sequence

import numpy as np

from dramatis.core import boxes as bx
from dramatis.core.images import Image, cut, resize
from dramatis.film.character import Character, draw_character, draw_outfit, look_alike
from dramatis.pocket.degrade import film_look, generated_look
from dramatis.pocket.pictures import Picture, picture

GENERATED_PX = 64
SIZES_PX = {"head": (26, 132), "upper": (56, 192), "full": (120, 300)}
"""Smallest and largest side of a picture from which a head is cut, for each stage."""

Regenerate = Callable[[list[Picture], np.random.Generator], list[Image]]
"""Gives pictures of 64 px back as a generator would have drawn them."""


def characters(rng: np.random.Generator, count: int, look_alikes: int) -> list[Character]:
    """`count` people; each of the last `look_alikes` is a look-alike of one of the first."""
    people = [draw_character(rng) for _ in range(count - look_alikes)]
    return people + [look_alike(people[n], rng) for n in range(look_alikes)]


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
