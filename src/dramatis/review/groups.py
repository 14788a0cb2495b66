"""Groups: the cards of the wall. Who has a name is one group; else a cluster is one; else a track."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from dramatis.cast.schema import NOT_A_PERSON
from dramatis.review.standing import Standing

Kind = Literal["named", "unnamed", "loose", "rejected"]
MARKS: dict[Kind, str] = {"named": "n", "unnamed": "c", "loose": "t", "rejected": "r"}


class Track(NamedTuple):
    """The faces of one track that stand alike.

    Attributes:
        id: of the track; one that is divided is in two groups, with some of its faces in each.
        faces: positions in the project's faces, in order of time.
        seconds: how long it is seen [s]; 0 for pictures.
    """

    id: str
    faces: list[int]
    seconds: float


class Group(NamedTuple):
    """A card of the wall.

    Attributes:
        id: letter of its kind, `:`, and the name, cluster or track that it stands for.
        kind: named; unnamed: a cluster without a name; loose: a track outside of clusters; rejected: nobody.
        name: id of the character; null without one.
        tracks: in order of time.
        seconds: how long it is seen [s].
    """

    id: str
    kind: Kind
    name: str | None
    tracks: list[Track]
    seconds: float

    @property
    def faces(self) -> list[int]:
        """Positions of all its faces."""
        return [face for track in self.tracks for face in track.faces]


def group_faces(rows: Sequence[Mapping[str, Any]], standing: Standing) -> list[Group]:
    """All groups, in order of their first face.

    Args:
        rows: faces with `track_id`, `cluster_id`, `frame_id`, `stands_for_s` and `still` (the source is pictures).
        standing: who each face is.
    """
    inside: dict[tuple[Kind, str], dict[str, list[int]]] = {}
    for n, row in enumerate(rows):
        key = _key(row, standing.character[n], standing.origin[n])
        inside.setdefault(key, {}).setdefault(row["track_id"], []).append(n)
    return [_group(kind, label, tracks, rows) for (kind, label), tracks in inside.items()]


def _key(row: Mapping[str, Any], name: str | None, origin: str) -> tuple[Kind, str]:
    if name:
        return "named", name
    label = row["cluster_id"] or row["track_id"]
    if origin != "none":
        return "rejected", f"{label}/{NOT_A_PERSON}" if origin == NOT_A_PERSON else label
    return ("unnamed" if row["cluster_id"] else "loose"), label


def _group(kind: Kind, label: str, inside: Mapping[str, list[int]], rows: Sequence[Mapping[str, Any]]) -> Group:
    tracks = [Track(name, faces, seen_s([rows[n] for n in faces])) for name, faces in inside.items()]
    name = label if kind == "named" else None
    return Group(f"{MARKS[kind]}:{label}", kind, name, tracks, sum(track.seconds for track in tracks))


def seen_s(rows: Sequence[Mapping[str, Any]]) -> float:
    """Screen time of some faces [s]: each frame stands for a part of its shot. Pictures last no time."""
    return sum({row["frame_id"]: 0.0 if row["still"] else row["stands_for_s"] for row in rows}.values())
