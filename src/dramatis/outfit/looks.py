"""Looks: how one character is seen in one shot, where nobody changes clothes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dramatis.body.schema import BAND_LEVELS, BANDS, FACE_LEVELS
from dramatis.outfit.difference import differences, lab
from dramatis.outfit.light import gains, relit

Row = dict[str, Any]
BRIGHT = 0.7
"""Of a shot that fades, figures count whose face has this share of the brightest face's light."""


class Look(NamedTuple):
    """One character in one shot.

    Attributes:
        character: key of the character.
        shot: video and number of the shot.
        figures: track of each of its figures, in order of their ids.
        face: quantiles of the face's colours, shape (levels, 3) [0..255].
        seen: share of each band that is seen, shape (bands,) [0..1].
        clothes: quantiles of each band's colours, shape (bands, levels, 3) [0..255]; NaN where it is not seen.
    """

    character: str
    shot: tuple[str, int]
    figures: dict[str, str]
    face: NDArray[np.float64]
    seen: NDArray[np.float64]
    clothes: NDArray[np.float64]

    @property
    def tracks(self) -> list[str]:
        """Its tracks, earliest first."""
        return list(dict.fromkeys(self.figures.values()))

    @property
    def dressed(self) -> bool:
        """True if clothes are seen at all."""
        return bool((self.seen > 0).any())


def looks(bodies: Iterable[Row], characters: dict[str, str], videos: Sequence[str]) -> list[Look]:
    """All looks of all named characters, in order of the videos and shots.

    Args:
        bodies: rows of the table of bodies, with `video` and `shot`.
        characters: character of each figure that has one.
        videos: ids in the order of `params.yaml`.
    """
    groups: dict[tuple[str, int, int], list[Row]] = defaultdict(list)
    for row in bodies:
        if row["figure_id"] in characters:
            groups[characters[row["figure_id"]], videos.index(row["video"]), row["shot"]].append(row)
    return [_look(key[0], (videos[key[1]], key[2]), groups[key]) for key in sorted(groups, key=lambda k: (k[1:], k[0]))]


def _look(character: str, shot: tuple[str, int], rows: list[Row]) -> Look:
    """The medians of the figures in the best light of the shot."""
    face = np.array([row["face"] for row in rows], float).reshape(len(rows), len(FACE_LEVELS), 3)
    light = face.mean((1, 2))
    lit = light >= BRIGHT * light.max()
    clothes = np.array([row["clothes"] for row in rows], float).reshape(len(rows), len(BANDS), len(BAND_LEVELS), 3)[lit]
    seen = np.array([row["seen"] for row in rows], float)[lit].mean(0)
    middle = np.full(clothes.shape[1:], np.nan)
    middle[seen > 0] = np.nanmedian(clothes[:, seen > 0], 0)
    figures = {row["figure_id"]: row["track_id"] for row in sorted(rows, key=itemgetter("figure_id"))}
    return Look(character, shot, figures, np.median(face[lit], 0), seen, middle)


def compared(found: Sequence[Look], unknown: float) -> NDArray[np.float64]:
    """Differences between the clothes of one character's looks, shape (L, L), all in the character's usual light."""
    if not found:
        return np.zeros((0, 0))
    gain = gains(np.stack([look.face for look in found]))
    clothes = relit(np.stack([look.clothes for look in found]), gain[:, None, None])
    sizes = np.array([low - high for high, low in BANDS])
    return differences(lab(clothes), np.stack([look.seen for look in found]), sizes, unknown)
