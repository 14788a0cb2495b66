"""From references to names: pure functions on arrays."""

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Label = TypeVar("Label", bound=Hashable)

REJECTION = "not_a_character"
"""What reference folders and pins call who and what gets no name: extras, posters, false faces."""


class Likeness(NamedTuple):
    """How alike each face and each name are."""

    names: list[str]
    cosine: NDArray[np.float64]
    """Cosine to the nearest reference of each name [-1..1], shape (N, names)."""

    def of(self, faces: NDArray[np.int64]) -> NDArray[np.float64]:
        """Mean over some faces, shape (names,)."""
        return self.cosine[faces].mean(0)

    def of_nearer_half(self, faces: NDArray[np.int64]) -> NDArray[np.float64]:
        """Mean over the half of some faces that is nearer, of each name its own half, shape (names,).

        Few references show few sides of somebody; a cluster shows many, and those that no reference shows count less.
        """
        kept = -(-len(faces) // 2)
        return np.sort(self.cosine[faces], 0)[-kept:].mean(0)


def likeness(vectors: NDArray[np.float32], references: NDArray[np.float32], names_of: list[str]) -> Likeness:
    """Compares faces with references.

    Args:
        vectors: faces, shape (N, D), L2-normalised.
        references: shape (R, D), likewise.
        names_of: name of each reference.
    """
    names = sorted(set(names_of))
    every = vectors.astype(np.float64) @ references.astype(np.float64).T  # (N, R)
    best = [every[:, [n for n, other in enumerate(names_of) if other == name]].max(1) for name in names]
    return Likeness(names, np.stack(best, 1) if names else np.zeros((len(vectors), 0)))


def nearest_name(cosine: NDArray[np.float64], names: list[str], floor: float, margin: float) -> str | None:
    """The name whose cosine is highest, `REJECTION` among them, if it is near enough and ahead of the next; else None.

    Args:
        cosine: mean cosine to each name, shape (names,).
        floor: largest difference (1 - cosine) / 2 to the name.
        margin: how much smaller its difference must be than that of the next name.
    """
    if not names:
        return None
    first, *rest = np.argsort(-cosine, kind="stable")
    ahead = (cosine[first] - cosine[rest[0]]) / 2 if rest else np.inf
    near = (1 - cosine[first]) / 2 <= floor and ahead >= margin
    return names[first] if near else None


def name_parts(
    alike: Likeness,
    parts: list[str],
    clusters: list[str | None],
    frames: list[str],
    floor: float,
    again: float,
    margin: float,
) -> dict[str, str]:
    """Names by reference: each cluster as a whole, by the nearer half of its faces, and each part outside by itself.

    A part of a cluster stays unnamed if another name is nearer to it by more than the margin than the cluster's name,
    or if a part that is nearer to the name shows up in the same frame.

    Args:
        alike: faces and names.
        parts: the part of each face: the faces of one track in one cluster, or in none.
        clusters: cluster of each face.
        frames: frame of each face.
        floor, margin: see `nearest_name`.
        again: see `without_strangers`.

    Returns:
        Name of each named part; `REJECTION` of each that is nobody of the cast.
    """
    faces_of = members(parts)
    groups = members([cluster or part for cluster, part in zip(clusters, parts, strict=True)])
    whole = set(clusters)
    name_of: dict[str, str] = {}
    difference: dict[str, float] = {}
    for group, faces in groups.items():
        cosine = alike.of_nearer_half(faces) if group in whole else alike.of(faces)
        if name := nearest_name(cosine, alike.names, floor, margin):
            name_of[group], difference[group] = name, float(1 - cosine.max()) / 2
    sizes = {group: len(faces) for group, faces in groups.items() if group in name_of and group in whole}
    named: dict[str, str] = {}
    for group, name in without_strangers(name_of, difference, sizes, again).items():
        for part in dict.fromkeys(parts[face] for face in groups[group]):
            cosine = alike.of(faces_of[part])
            if (cosine.max() - cosine[alike.names.index(name)]) / 2 <= margin:
                named[part] = name
    nearness = {part: alike.of(faces_of[part])[alike.names.index(name)] for part, name in named.items()}
    return one_per_frame(named, nearness, {part: {frames[face] for face in faces_of[part]} for part in named})


def without_strangers(
    name_of: Mapping[Label, str], difference: Mapping[Label, float], sizes: Mapping[Label, int], again: float
) -> dict[Label, str]:
    """The names of groups without those that rather belong to somebody who resembles the character.

    Clustering parted these groups from a cluster that is nearer to the name; so to have it too, they must be nearer
    than a first one. A nearer cluster of less than half the size proves nothing: it may be a few good views.

    Args:
        name_of: name of each group: a cluster, or a track outside of clusters.
        difference: mean difference (1 - cosine) / 2 of each to its name.
        sizes: faces of each group that is a cluster.
        again: largest difference of a group to a name that a nearer cluster has.
    """
    clusters: dict[str, list[tuple[float, int]]] = {}
    for cluster, size in sizes.items():
        clusters.setdefault(name_of[cluster], []).append((difference[cluster], size))
    kept = {}
    for group, name in name_of.items():
        size = sizes.get(group, 0)
        nearer = [held for away, held in clusters.get(name, ()) if away < difference[group] and 2 * held >= size]
        if not nearer or difference[group] <= again or name == REJECTION:
            kept[group] = name
    return kept


def one_per_frame(
    named: Mapping[str, str], nearness: Mapping[str, float], frames_of: Mapping[str, set[str]]
) -> dict[str, str]:
    """The names without those of parts that share a frame with a nearer part of the same name.

    Many can be nobody of the cast in one frame.
    """
    taken: set[tuple[str, str]] = set()
    stays = {}
    for part in sorted(named, key=lambda each: (-nearness[each], each)):
        places = {(frame, named[part]) for frame in frames_of[part]} if named[part] != REJECTION else set()
        if not places & taken:
            stays[part] = named[part]
            taken |= places
    return stays


def members(labels: Iterable[Label]) -> dict[Label, NDArray[np.int64]]:
    """Positions of each label, in order of appearance."""
    groups: dict[Label, list[int]] = {}
    for position, label in enumerate(labels):
        groups.setdefault(label, []).append(position)
    return {label: np.array(positions) for label, positions in groups.items()}


def sum_of(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """The sum of some vectors (N, D), shape (D,)."""
    return vectors.astype(np.float64).sum(0)


def unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """The direction of a vector: length 1, or 0 of nothing."""
    return vector / max(float(np.linalg.norm(vector)), 1e-12)
