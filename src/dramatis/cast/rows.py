"""Rows of the tables: who each face is, and who the characters are."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dramatis.cast import naming
from dramatis.cast.decisions import Decisions, display_of, trigger_of
from dramatis.cast.faces import Faces
from dramatis.cast.params import CastParams
from dramatis.core.moments import moment_of

DIGITS = 5
"""Decimals of stored cosines, coarser than what the number of threads changes in a matrix product."""


def cast_rows(
    faces: Faces, references: NDArray[np.float32], names: list[str], params: CastParams
) -> list[dict[str, Any]]:
    """Rows of the cast table, in the order of the faces; verdicts of people win over references.

    Args:
        references: vectors of the reference pictures, shape (R, D), L2-normalised.
        names: character of each reference.
    """
    alike = naming.likeness(faces.vectors, references, names)
    name_of, origin_of = _named(faces, alike, params)
    rows = []
    for n, (face, part) in enumerate(zip(faces.rows, faces.parts, strict=True)):
        similarity, margin = _nearness(alike, n, name_of.get(part))
        kept = {key: face[key] for key in ("detection_id", "figure_id", "track_id", "cluster_id")}
        rows.append(
            kept
            | {
                "character": name_of.get(part),
                "origin": origin_of.get(part, "none"),
                "similarity": similarity,
                "margin": margin,
                "moment": str(moment_of(face)),
            }
        )
    return rows


def _named(faces: Faces, alike: naming.Likeness, params: CastParams) -> tuple[dict[str, str], dict[str, str]]:
    """Name of each named part, and origin of each part that references or decisions settle."""
    clusters, parts = faces.column("cluster_id"), faces.parts
    floor, margin = params.floor * faces.threshold, params.margin * faces.threshold
    name_of = naming.name_parts(alike, parts, clusters, faces.column("frame_id"), floor, margin)
    origin_of = dict.fromkeys(name_of, "reference")
    said = {part: verdict for part, verdict in zip(parts, faces.column("verdict"), strict=True) if verdict}
    pins = {part: name for part, name in said.items() if name != naming.REJECTION}
    for more in (naming.follow_pins(name_of, pins, parts, clusters, faces.vectors), pins):
        name_of |= more
        origin_of |= dict.fromkeys(more, "decision")
    for part in dict.fromkeys(parts):
        if said.get(part) == naming.REJECTION or name_of.get(part) == naming.REJECTION:
            name_of.pop(part, None)
            origin_of[part] = "decision"
    return name_of, origin_of


def _nearness(alike: naming.Likeness, face: int, name: str | None) -> tuple[float | None, float | None]:
    """Cosine of a face to a name, and how much more that is than to the next name; None where there is none."""
    if name not in alike.names:
        return None, None
    own = float(alike.cosine[face, alike.names.index(name)])
    others = [float(value) for other, value in zip(alike.names, alike.cosine[face], strict=True) if other != name]
    return round(own, DIGITS), round(own - max(others), DIGITS) if others else None


def character_rows(rows: list[dict[str, Any]], names: Iterable[str], decided: Decisions) -> list[dict[str, Any]]:
    """Rows of the table of characters, those without a face included."""
    table = []
    for name in sorted(names):
        own = [row for row in rows if row["character"] == name]
        table.append(
            {
                "character": name,
                "display": display_of(name, decided.characters),
                "trigger": trigger_of(name, decided.characters),
                "clusters": len({row["cluster_id"] for row in own} - {None}),
                "tracks": len({row["track_id"] for row in own}),
                "faces": len(own),
            }
        )
    return table
