"""What the page is told: cards of the wall and the inside of one group, as plain values."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dramatis.cast.decisions import display_of
from dramatis.cast.schema import NOT_A_PERSON
from dramatis.review import doubt as doubts
from dramatis.review.groups import Group, Track
from dramatis.review.neighbours import REACH, Neighbour, neighbours
from dramatis.review.session import Session

LEAST_LIKENESS = 0.04
"""Length of the shortest bar that is drawn for a neighbour, over the longest."""
THUMBS = 6
"""Faces on a card."""
DOUBTFUL = 0.25
"""Doubt from which on a group counts as doubtful."""


class Assessed(NamedTuple):
    """The groups of one version, with the doubt about each; lists run alike.

    Attributes:
        groups: most doubtful first.
        doubt: about each group.
        places: of the tracks of each group.
        means: of the faces of each group, shape (G, D), L2-normalised.
        near: the neighbours of each group.
        pending: faces that the next run of stage `cast` will put elsewhere.
    """

    groups: list[Group]
    doubt: list[doubts.Doubt]
    places: list[list[doubts.Place]]
    means: np.ndarray
    near: list[list[Neighbour]]
    pending: set[int]


def assess(session: Session) -> Assessed:
    """Sorts the groups by doubt: tracks that nobody can place come after all clusters, the rejected come last."""
    faces, standing = session.project.faces, session.standing
    groups = session.groups
    owner = [n for n, group in enumerate(groups) for _ in group.tracks]
    tracks = [track for group in groups for track in group.tracks]
    track_of = np.empty(len(faces.rows), int)
    for n, track in enumerate(tracks):
        track_of[track.faces] = n
    totals = doubts.sums(faces.vectors, track_of, len(tracks))
    rivals = [group.kind != "loose" for group in groups]
    flat = iter(doubts.place_tracks(totals, owner, rivals, faces.threshold))
    places = [[next(flat) for _ in group.tracks] for group in groups]
    lengths = doubts.sums(totals, owner, len(groups))
    longest = max((group.seconds for group in groups), default=0) or 1
    judged = []
    for group, own, total in zip(groups, places, lengths, strict=True):
        width = (1 - float(np.linalg.norm(total)) / len(group.faces)) / 2 / faces.threshold
        settled = [standing.origin[track.faces[0]] == "decision" for track in group.tracks]
        unnamed = group.kind in ("unnamed", "loose")
        judged.append(
            doubts.Doubt(0.0, [])
            if group.kind == "rejected"
            else doubts.doubt(
                unnamed=unnamed,
                share=group.seconds / longest,
                width=width if len(group.faces) > 1 else None,
                tracks=own,
                settled=settled,
            )
        )
    means = doubts.unit(lengths)
    frames = [{faces.rows[n]["frame_id"] for n in group.faces} for group in groups]
    near = neighbours(means, frames, faces.threshold)
    last = {"named": 0, "unnamed": 0, "loose": 1, "rejected": 2}
    order = sorted(
        range(len(groups)), key=lambda n: (last[groups[n].kind], -judged[n].value, -groups[n].seconds, groups[n].id)
    )
    rank = {old: new for new, old in enumerate(order)}
    return Assessed(
        [groups[n] for n in order],
        [judged[n] for n in order],
        [places[n] for n in order],
        means[order],
        [[pair._replace(group=rank[pair.group]) for pair in near[n]] for n in order],
        session.pending(),
    )


def cards(session: Session, seen: Assessed) -> list[dict[str, Any]]:
    """The wall."""
    return [
        {
            "id": group.id,
            "kind": group.kind,
            "title": title(session, group),
            "key": group.name or "",
            "doubt": round(seen.doubt[n].value, 3),
            "reasons": seen.doubt[n].reasons,
            "faces": len(group.faces),
            "tracks": len(group.tracks),
            "seconds": round(group.seconds, 1),
            "videos": sorted({session.project.faces.rows[t.faces[0]]["video"] for t in group.tracks}),
            "thumbs": shown(session, group, seen.places[n]),
            "pending": not seen.pending.isdisjoint(group.faces),
        }
        for n, group in enumerate(seen.groups)
    ]


def title(session: Session, group: Group) -> str:
    """What stands on a card."""
    if group.name:
        return display_of(group.name, session.decided.characters)
    if group.kind == "rejected":
        return "Not a person" if group.id.endswith(NOT_A_PERSON) else "Not in the cast"
    return "No name yet" if group.kind == "unnamed" else "Single track"


def shown(session: Session, group: Group, places: Sequence[doubts.Place], most: int = THUMBS) -> list[int]:
    """Faces for a card: the sharpest of each track, long tracks first; the last shows the most doubtful track."""
    rows = session.project.faces.rows
    best = [sorted(track.faces, key=lambda n: (-rows[n]["sharpness"], n)) for track in group.tracks]
    order = sorted(range(len(best)), key=lambda n: (-len(best[n]), n))
    rounds = [best[n][k] for k in range(most) for n in order if k < len(best[n])][:most]
    least = min(range(len(best)), key=lambda n: (doubts.certainty(places[n]), n))
    doubtful = best[least][0]
    if doubts.certainty(places[least]) < doubts.CLOSE and doubtful not in rounds:
        rounds[-1] = doubtful
    return rounds


def inside(session: Session, seen: Assessed, name: str) -> dict[str, Any] | None:
    """One group: its tracks, the least certain first, its references and its neighbours; None if it is gone."""
    at = next((n for n, group in enumerate(seen.groups) if group.id == name), None)
    if at is None:
        return None
    group = seen.groups[at]
    pairs = sorted(zip(group.tracks, seen.places[at], strict=True), key=lambda pair: doubts.certainty(pair[1]))
    return {
        "id": group.id,
        "kind": group.kind,
        "title": title(session, group),
        "key": group.name or "",
        "faces": len(group.faces),
        "seconds": round(group.seconds, 1),
        "reasons": seen.doubt[at].reasons,
        "references": _references(session, group.name),
        "tracks": [_track(session, seen, seen.means[at], track, place) for track, place in pairs],
        "neighbours": [_neighbour(session, seen, pair) for pair in seen.near[at]],
    }


def _references(session: Session, name: str | None) -> list[int]:
    """Positions of the reference pictures of a name."""
    decided = session.decided
    return [n for n, picture in enumerate(session.project.references) if name and decided.shown_by(picture) == name]


def _track(session: Session, seen: Assessed, mean: np.ndarray, track: Track, place: doubts.Place) -> dict[str, Any]:
    faces, standing = session.project.faces, session.standing
    cosine = faces.vectors[track.faces] @ mean
    order = [track.faces[k] for k in np.argsort(cosine, kind="stable")]
    first = faces.rows[track.faces[0]]
    rival = seen_title(session, place)
    return {
        "id": track.id,
        "video": first["video"],
        "time": first["file"] or first["time_code"],
        "seconds": round(track.seconds, 1),
        "still": first["still"],
        "faces": order,
        "far": place.away is not None and place.away > doubts.FAR,
        "rival": rival if place.lead is not None and place.lead < doubts.CLOSE else "",
        "origin": standing.origin[track.faces[0]],
        "pending": not seen.pending.isdisjoint(track.faces),
    }


def seen_title(session: Session, place: doubts.Place) -> str:
    """Name of the group that a track is near to."""
    return title(session, session.groups[place.next]) if place.next is not None else ""


def _neighbour(session: Session, seen: Assessed, pair: Neighbour) -> dict[str, Any]:
    group = seen.groups[pair.group]
    return {
        "id": group.id,
        "kind": group.kind,
        "title": title(session, group),
        "faces": len(group.faces),
        "away": round(pair.away, 2),
        "likeness": max(LEAST_LIKENESS, 1 - pair.away / REACH),
        "together": pair.together,
        "near": pair.away <= REACH and not pair.together,
        "thumbs": shown(session, group, seen.places[pair.group], 4),
    }


def counts(session: Session, seen: Assessed) -> dict[str, int]:
    """Faces and decisions, for the head of the page."""
    return {
        "faces": len(session.project.faces.rows),
        "named": sum(name is not None for name in session.standing.character),
        "pending": len(seen.pending),
        "doubtful": sum(
            each.value >= DOUBTFUL and group.kind in ("named", "unnamed")
            for each, group in zip(seen.doubt, seen.groups, strict=True)
        ),
    }
