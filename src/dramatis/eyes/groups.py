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
    is_one = matches >= MATCH  # (F, A)
    faces_of = {
        name: [face for face in range(len(nearest)) if nearest[face] == name and is_one[face, number]]
        for number, name in enumerate(asked)
    }
    found = all(faces_of.values())
    middles = [centres[max(faces, key=lambda face: matches[face, number])] for number, faces in _there(asked, faces_of)]
    return Together(
        found=found,
        placed=found and all(a < b for a, b in zip(middles, middles[1:], strict=False)),
        blended=bool((is_one.sum(axis=1) > 1).any()),
        cloned=any(len(faces) > 1 for faces in faces_of.values()),
    )


def _there(asked: Sequence[str], faces_of: dict[str, list[int]]) -> list[tuple[int, list[int]]]:
    return [(number, faces_of[name]) for number, name in enumerate(asked) if faces_of[name]]
