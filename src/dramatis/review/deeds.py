"""Deeds: what a person means by a name or by laying groups together, as actions of the session."""

from collections.abc import Sequence

from dramatis.cast.naming import REJECTION
from dramatis.review import actions
from dramatis.review.actions import Desk
from dramatis.review.changes import Flat
from dramatis.review.groups import Group, Track
from dramatis.review.names import Name
from dramatis.review.session import Action


def on(desk: Desk, flat: Flat) -> Desk:
    """The desk as it is after some decisions."""
    return desk._replace(flat=flat, standing=desk.stand(flat))


def naming(tracks: Sequence[Track], name: Name, others: Sequence[Track] = (), rest: Name | None = None) -> Action:
    """Tracks get a name, and the others of their cluster another, if one is given."""

    def action(desk: Desk) -> Flat:
        flat = _named(desk, tracks, name)
        return _named(on(desk, flat), others, rest) if rest and others else flat

    return action


def _named(desk: Desk, tracks: Sequence[Track], name: Name) -> Flat:
    flat = actions.assign(desk, tracks, name.id)
    return actions.describe(desk._replace(flat=flat), name.id, name.display, None) if name.display else flat


def renaming(old: str, name: Name, display: str, trigger: str) -> Action:
    """A character gets another id, display name and trigger word; one that is there already takes it in."""

    def action(desk: Desk) -> Flat:
        if name.id == old:
            return actions.describe(desk, old, display, trigger)
        if name.known:
            return actions.merge(desk, old, name.id)
        flat = actions.rename(desk, old, name.id)
        return actions.describe(desk._replace(flat=flat), name.id, name.display or display, trigger)

    return action


def united(groups: Sequence[Group], name: Name) -> Action:
    """Groups are one person, who has or gets a name; tracks that are seen together with it too, as somebody says so."""

    def action(desk: Desk) -> Flat:
        for group in groups:
            if group.name and group.name != name.id:
                flat = actions.merge(desk, group.name, name.id)
                desk = on(desk, actions.settle(on(desk, flat), flat, group.tracks, name.id))
        tracks = [track for group in groups if not group.name for track in group.tracks]
        return _named(desk, tracks, name) if tracks else desk.flat

    return action


def rejected(tracks: Sequence[Track], whole: bool) -> Action:
    """Tracks are nobody of the cast: whole clusters by one pin, single tracks each by itself."""

    def action(desk: Desk) -> Flat:
        rows = desk.project.faces.rows
        clustered = [track for track in tracks if whole and rows[track.faces[0]]["cluster_id"]]
        flat = actions.assign(desk, clustered, REJECTION) if clustered else desk.flat
        single = [track for track in tracks if track not in clustered]
        return actions.reject(on(desk, flat), single) if single else flat

    return action


def no_person(tracks: Sequence[Track]) -> Action:
    """Tracks show no person."""
    return lambda desk: actions.not_a_person(desk, tracks)


def pinned(tracks: Sequence[Track]) -> Action:
    """Tracks stay with their names."""
    return lambda desk: actions.confirm(desk, tracks)


def forgotten(tracks: Sequence[Track]) -> Action:
    """What was decided about tracks is taken back."""
    return lambda desk: actions.forget(desk, tracks)
