"""What a crop must have to stay, and who else is in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dramatis.core.boxes import Boxes, cover
from dramatis.crops.people import Person

IN_CROP = 0.5
"""Share of a face's box that must lie in a crop for the face to be in it."""
TOUCHED = 0.1
"""Share of somebody's head in a crop from which it is painted over, or the crop refused: a sliver tells nobody."""
ENTWINED = 0.25
"""Share of somebody's face behind the character's own from which it cannot be painted over."""


@dataclass(frozen=True)
class Company:
    """Who can be seen in a crop beside its character.

    Attributes:
        others: keys of the named others, left to right, each once.
        left: how many of them are to the left of the character.
        people: faces that can be seen, the character's included.
        masked: those who are to be painted over.
        touching: how many others are in it, to `TOUCHED`, painted over or not.
    """

    others: list[str]
    left: int
    people: int
    masked: list[Person]
    touching: int


def company(box: Boxes, own: Person, people: Sequence[Person], paint: bool) -> Company:
    """Who is in a crop of one person.

    Args:
        box: of the crop in the frame [px].
        own: whose crop it is; one of `people`.
        people: everybody in the frame.
        paint: True if others are to be painted over where that is possible: where their faces lie free of his or hers.
    """
    rest = [person for person in people if person is not own]
    touching = [person for person in rest if _share(person.boxes["head"], box) >= TOUCHED]
    masked = [person for person in touching if paint and _share(person.sight, own.sight) <= ENTWINED]
    seen = faces_in(box, [person for person in people if person not in masked])
    first: dict[str, float] = {}
    for person in seen:
        if person.character and person is not own and person.character != own.character:
            first.setdefault(person.character, _middle(person))
    left = sum(middle < _middle(own) for middle in first.values())
    return Company(list(first), left, len(seen), masked, len(touching))


def faces_in(box: Boxes, people: Sequence[Person]) -> list[Person]:
    """Those whose face lies in a crop, left to right."""
    within = [person for person in people if person.detection_id and _share(person.sight, box) >= IN_CROP]
    return sorted(within, key=lambda person: (_middle(person), person.figure_id))


def size_rule(box: NDArray[np.int32], min_side_px: int, min_root_area_px: float) -> str | None:
    """The size rule that a crop fails first, or None."""
    sides = box[2:] - box[:2]
    if sides.min() < min_side_px:
        return "min_side_px"
    return "min_root_area_px" if root_area(*sides) < min_root_area_px else None


def root_area(width: float, height: float) -> float:
    """Side of the square with the area of a picture [px]."""
    return float(np.sqrt(float(width) * float(height)))


def _share(box: Boxes, other: Boxes) -> float:
    """Share of a box that lies in another [0..1]."""
    return float(cover(box[None], other[None])[0, 0])


def _middle(person: Person) -> float:
    return float(person.sight[0] + person.sight[2]) / 2
