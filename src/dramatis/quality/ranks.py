"""Which faces of a track are its best."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

PROFILE = 90
"""Yaw of a profile [degrees]."""


def score(face: Mapping[str, Any]) -> float:
    """How good a face is [0..1]: sharp, whole, well lit and seen from the front; 1 cannot be bettered.

    A profile counts half. The size counts through the blur, which is in widths of the face: a small one is cut by its
    pixels.
    """
    turned = abs(face["yaw"] or 0.0) / PROFILE
    whole = (1 - face["truncation"]) * (1 - face["occlusion"]) * (1 - face["clipped"])
    return face["sharpness"] * whole * (1 - turned / 2)


def track_ranks(faces: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Rank of each face in its track, 1 for the best, by detection id: kept ones first, then by score.

    Args:
        faces: rows with `detection_id`, `track_id`, `rejected_by` and `score`; equal scores go by id.
    """
    tracks = defaultdict(list)
    for face in faces:
        tracks[face["track_id"]].append((face["rejected_by"] is not None, -face["score"], face["detection_id"]))
    return {name: place for track in tracks.values() for place, (*_, name) in enumerate(sorted(track), 1)}
