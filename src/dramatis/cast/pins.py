"""From pinned tracks to the other tracks of their clusters: pure functions on arrays."""

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from dramatis.cast.naming import REJECTION, members, sum_of, unit


def follow_pins(
    named: Mapping[str, str],
    pins: Mapping[str, str],
    settled: Collection[str],
    parts: list[str],
    clusters: list[str | None],
    vectors: NDArray[np.float32],
    margin: float,
) -> dict[str, str]:
    """What pins say of the parts of their clusters about which people said nothing.

    - In a cluster that no reference names, each part follows the pinned part that is nearest to it by the cosine of
      their means: one pin names a cluster, and pins of two names divide it.
    - In a cluster that a reference names, a pin splits: only parts that are nearer to it than to the rest of the
      cluster, by more than the margin, go with it.
    - A pin to `not_a_character` means its whole cluster, whatever references say; parts nearer to another pin of the
      cluster follow that one.

    Args:
        named: parts that references name.
        pins: name, or `not_a_character`, of each pinned part.
        settled: all parts about which people said something; these follow nobody, and only the pinned lead.
        parts: the part of each face: the faces of one track in one cluster, or in none, of one verdict.
        clusters: cluster of each face.
        vectors: faces, shape (N, D), L2-normalised.
        margin: a difference (1 - cosine) / 2.

    Returns:
        Name, or `not_a_character`, of each part that follows a pin.
    """
    faces_of = members(parts)
    found: dict[str, str] = {}
    for cluster, faces in members(clusters).items():
        inside = list(dict.fromkeys(parts[face] for face in faces))
        pinned = [part for part in inside if part in pins]
        if cluster is None or not pinned:
            continue
        splits = any(part in named for part in inside) and all(pins[part] != REJECTION for part in pinned)
        free = [part for part in inside if part not in settled]
        leads = np.stack([unit(sum_of(vectors[faces_of[part]])) for part in pinned])  # (P, D)
        sums = {part: sum_of(vectors[faces_of[part]]) for part in free}
        whole = sum(sums.values())
        for part, own in sums.items():
            nearness = leads @ unit(own)
            rest = float(unit(whole - own) @ unit(own))
            if splits and (len(free) == 1 or (nearness.max() - rest) / 2 <= margin):
                continue
            found[part] = pins[pinned[int(nearness.argmax())]]
    return found


def without_shared_frames(
    named: Mapping[str, str], pins: Mapping[str, str], parts: list[str], frames: list[str]
) -> dict[str, str]:
    """The names by reference without those of parts that share a frame with a part that is pinned to the same name."""
    taken = {(frame, pins[part]) for part, frame in zip(parts, frames, strict=True) if part in pins}
    lost = {part for part, frame in zip(parts, frames, strict=True) if (frame, named.get(part)) in taken}
    return {part: name for part, name in named.items() if part not in lost or part in pins}
