"""What a crop must have to stay, who else is in it, and which of a track's crops stay."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dramatis.core.boxes import cover
from dramatis.core.phash import distances

IN_CROP = 0.5
"""Share of a face's box that must lie in a crop for the face to be in it."""


@dataclass(frozen=True)
class Face:
    """A face of a frame: its figure, its box and the key of its character, if it has one."""

    figure_id: str
    box: NDArray[np.float64]
    character: str | None


def faces_in(box: NDArray[np.int32], faces: Sequence[Face]) -> list[Face]:
    """The faces that lie in a crop, left to right."""
    if not faces:
        return []
    shares = cover(np.stack([face.box for face in faces]), box)[:, 0]
    within = [face for face, share in zip(faces, shares, strict=True) if share >= IN_CROP]
    return sorted(within, key=lambda face: (face.box[0] + face.box[2], face.figure_id))


def others_in(box: NDArray[np.int32], figure_id: str, character: str, faces: Sequence[Face]) -> list[str]:
    """Keys of the named others in a crop of one figure, left to right, each once."""
    names = (face.character for face in faces_in(box, faces) if face.figure_id != figure_id)
    return [name for name in dict.fromkeys(names) if name and name != character]


def size_rule(box: NDArray[np.int32], min_side_px: int, min_root_area_px: float) -> str | None:
    """The size rule that a crop fails first, or None."""
    sides = box[2:] - box[:2]
    if sides.min() < min_side_px:
        return "min_side_px"
    return "min_root_area_px" if np.sqrt(float(sides.prod())) < min_root_area_px else None


def choose(sharpness: Sequence[float], hashes: Sequence[int], min_distance: int, max_count: int) -> list[str | None]:
    """Which crops of one track and stage stay: None for those that do, else the rule that leaves one out.

    Args:
        sharpness: of each crop, higher is sharper; the sharpest is always taken, of equals the first.
        hashes: perceptual hash of each crop.
        min_distance: bits in which a crop must differ from every one that was taken; 0 takes all.
        max_count: number of crops to take.
    """
    rules: list[str | None] = ["max_per_track"] * len(sharpness)
    apart = distances(list(hashes), list(hashes))  # (N, N)
    taken: list[int] = []
    for n in sorted(range(len(sharpness)), key=lambda n: (-sharpness[n], n)):
        if taken and apart[n, taken].min() < min_distance:
            rules[n] = "near_duplicate"
        elif len(taken) < max_count:
            taken.append(n)
            rules[n] = None
    return rules
