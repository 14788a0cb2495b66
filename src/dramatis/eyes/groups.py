"""Several characters in one picture: both found, in the asked places, not blended into one, not cloned."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MATCH = 0.5
"""A face is a character whose references it matches by at least this share."""


class Together(NamedTuple):
    """What one picture of several characters shows."""

    found: bool
    """Everybody who was asked for has a face of her own."""
    placed: bool
    """…and from left to right they stand as they were asked for."""
    blended: bool
    """One face is two of those asked for at once."""
    cloned: bool
    """Two faces are the same one of those asked for."""


def together(
    asked: Sequence[str],
    matches: NDArray[np.float64],
    nearest: Sequence[str],
    centres: NDArray[np.float64],
) -> Together:
    """Judges one picture.

    Args:
        asked: keys of the characters, left to right.
        matches: share of the references of each of them that each face matches, shape (F, len(asked)).
        nearest: of each face the nearest of the cast, F.
        centres: of each face its middle from the left, shape (F,).
    """
    found = found_faces(asked, matches, nearest)
    all_there = all(found.values())
    middles = [centres[faces[0]] for faces in found.values() if faces]
    return Together(
        found=all_there,
        placed=all_there and all(a < b for a, b in zip(middles, middles[1:], strict=False)),
        blended=bool(((matches >= MATCH).sum(axis=1) > 1).any()),
        cloned=any(len(faces) > 1 for faces in found.values()),
    )


def found_faces(asked: Sequence[str], matches: NDArray[np.float64], nearest: Sequence[str]) -> dict[str, list[int]]:
    """Faces of each asked character, the surest first; arguments as of `together`.

    A face is a character's if it is nearest to her of all and matches enough of her references.
    """
    return {
        name: sorted(
            (face for face, other in enumerate(nearest) if other == name and matches[face, number] >= MATCH),
            key=lambda face: -matches[face, number],
        )
        for number, name in enumerate(asked)
    }
