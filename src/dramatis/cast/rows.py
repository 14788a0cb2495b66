"""Rows of the tables: who each face is, and who the characters are."""

from collections import Counter
from collections.abc import Iterable
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dramatis.cast import naming
from dramatis.cast.decisions import Decisions, display_of, trigger_of
from dramatis.cast.faces import Faces
from dramatis.cast.params import CastParams
from dramatis.cast.pins import follow_pins, without_shared_frames
from dramatis.cast.schema import NOT_A_PERSON
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
    name_of, origin_of = named(faces, alike, params)
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


def named(faces: Faces, alike: naming.Likeness, params: CastParams) -> tuple[dict[str, str], dict[str, str]]:
    """Name of each named part, and origin of each part that references or decisions settle."""
    clusters, parts, frames = faces.column("cluster_id"), faces.parts, faces.column("frame_id")
    floor, again, margin = (limit * faces.threshold for limit in (params.floor, params.again, params.margin))
    name_of = naming.name_parts(alike, parts, clusters, frames, floor, again, margin)
    said = {part: verdict for part, verdict in zip(parts, faces.column("verdict"), strict=True) if verdict}
    pins = {part: verdict.name for part, verdict in said.items() if verdict.section == "pins"}
    name_of = without_shared_frames(name_of, pins, parts, frames)
    origin_of = dict.fromkeys(name_of, "reference")
    people = {part: name for part, name in name_of.items() if name != naming.REJECTION}
    for more in (follow_pins(people, pins, said, parts, clusters, faces.vectors, margin), pins):
        name_of |= more
        origin_of |= dict.fromkeys(more, "decision")
    for part, verdict in said.items():
        if verdict.section != "pins":
            name_of.pop(part, None)
            origin_of[part] = NOT_A_PERSON if verdict.section == NOT_A_PERSON else "decision"
    return {part: name for part, name in name_of.items() if name != naming.REJECTION}, origin_of


def _nearness(alike: naming.Likeness, face: int, name: str | None) -> tuple[float | None, float | None]:
    """Cosine of a face to a name, and how much more that is than to the next name; None where there is none."""
    if name not in alike.names:
        return None, None
    own = float(alike.cosine[face, alike.names.index(name)])
    others = [float(value) for other, value in zip(alike.names, alike.cosine[face], strict=True) if other != name]
    return round(own, DIGITS), round(own - max(others), DIGITS) if others else None


def character_rows(
    faces: Faces, rows: list[dict[str, Any]], names: Iterable[str], decided: Decisions
) -> list[dict[str, Any]]:
    """Rows of the table of characters, those without a face included."""
    table = []
    for name in sorted(names):
        own = [n for n, row in enumerate(rows) if row["character"] == name]
        table.append(
            {
                "character": name,
                "display": display_of(name, decided.characters),
                "trigger": trigger_of(name, decided.characters),
                "clusters": len({rows[n]["cluster_id"] for n in own} - {None}),
                **_seen(faces, own),
            }
        )
    return table


def cluster_rows(faces: Faces, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the table of clusters, each with its screen time and the name of most of its faces."""
    inside: dict[str, list[int]] = {}
    for n, row in enumerate(rows):
        if row["cluster_id"]:
            inside.setdefault(row["cluster_id"], []).append(n)
    table = []
    for cluster, own in sorted(inside.items()):
        answers = Counter((rows[n]["character"], rows[n]["origin"]) for n in own)
        (character, origin), _ = min(answers.items(), key=lambda pair: (-pair[1], str(pair[0])))
        middle = median(faces.rows[n]["sharpness"] for n in own)
        clear = [n for n in own if faces.rows[n]["sharpness"] >= middle]
        central = min(clear, key=lambda n: (-faces.rows[n]["similarity"], rows[n]["detection_id"]))
        open_faces = sum(rows[n]["origin"] == "none" for n in own)
        table.append(
            {
                "cluster_id": cluster,
                "character": character,
                "origin": origin,
                **_seen(faces, own),
                "open_faces": open_faces,
                "moment": rows[central]["moment"],
            }
        )
    return table


def _seen(faces: Faces, own: list[int]) -> dict[str, Any]:
    """How much of some faces there is: screen time, shots, tracks and faces."""
    some = [faces.rows[n] for n in own]
    return {
        "seconds": round(sum({face["frame_id"]: face["stands_for_s"] for face in some}.values()), 3),
        "shots": len({(face["video"], face["shot"]) for face in some}),
        "tracks": len({face["track_id"] for face in some}),
        "faces": len(own),
    }
