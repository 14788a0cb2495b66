"""What a sheet shows of a track: its best face, where it is, what is worn, and what is doubtful about it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

Row = dict[str, Any]
"""A face: rows of the tables of cast, clusters, quality and outfits, with its frame and video."""


@dataclass(frozen=True)
class Limits:
    """From where on a track is doubtful, in differences (1 - cosine) / 2.

    Attributes:
        margin: to a track whose name is nearer than the next one by less.
        floor: to a track that is farther from the mean of its cluster.
    """

    margin: float
    floor: float


@dataclass(frozen=True)
class Track:
    """The faces of one track that are one person.

    Attributes:
        faces: in order of time, at least one.
    """

    faces: list[Row]

    @cached_property
    def best(self) -> Row:
        """The face to show: one that passed quality before one that did not, and the best of those."""
        return max(self.faces, key=lambda face: (face["rejected_by"] is None, face["score"]))

    def mean(self, name: str) -> float | None:
        """Mean of a value over the faces that have it."""
        values = [face[name] for face in self.faces if face[name] is not None]
        return float(np.mean(values)) if values else None


def tracks(faces: Iterable[Row], key: str) -> dict[str | None, list[Track]]:
    """Tracks by the value of a column, in the order of the faces; a track of two values is in both."""
    groups: dict[tuple[str | None, str], list[Row]] = defaultdict(list)
    for face in faces:
        groups[face[key], face["track_id"]].append(face)
    found: dict[str | None, list[Track]] = defaultdict(list)
    for (value, _), own in groups.items():
        found[value].append(Track(own))
    return found


def doubts(track: Track, limits: Limits) -> list[str]:
    """Why the name of a track may be wrong or its faces of no use; empty if nothing is doubtful.

    What a person decided is not doubtful; but bad pictures stay bad.
    """
    found = []
    if track.best["origin"] != "decision":
        margin, similarity = track.mean("margin"), track.mean("nearness")
        if margin is not None and margin / 2 < limits.margin:
            found.append("another name is near")
        if similarity is not None and (1 - similarity) / 2 > limits.floor:
            found.append("far from the rest")
        if all(face["cluster_id"] is None for face in track.faces):
            found.append("in no cluster")
    rules = Counter(face["rejected_by"] for face in track.faces)
    if None not in rules:
        found.append(f"quality: {rules.most_common(1)[0][0]}")
    return found


def by_outfit(own: Sequence[Track]) -> list[tuple[str | None, str | None, list[Track]]]:
    """Id, name and tracks of each outfit, most tracks first; tracks without one (id None) at the end."""
    groups: dict[str | None, list[Track]] = defaultdict(list)
    for track in own:
        groups[track.best["outfit_id"]].append(track)
    order = sorted(groups, key=lambda outfit: (outfit is None, -len(groups[outfit]), outfit or ""))
    return [(outfit, groups[outfit][0].best["outfit_name"], groups[outfit]) for outfit in order]
