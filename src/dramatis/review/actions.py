"""Actions: what a person means, as decisions. Each takes the decisions there are and gives those that should be.

An action is tried before it is written: the naming of stage `cast` says what the new decisions lead to, and tracks that
do not follow, or that follow without being asked, get decisions of their own.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from dramatis.cast.decisions import ABOUT_FACES
from dramatis.cast.naming import REJECTION
from dramatis.review.changes import Flat
from dramatis.review.groups import Track
from dramatis.review.project import Project
from dramatis.review.standing import Standing

ROUNDS = 4
"""Most times that pins are added until all is as meant: a pin may take the name of another track in its frame."""


class Desk(NamedTuple):
    """What an action starts from.

    Attributes:
        project: the faces.
        flat: the decisions as they are.
        standing: where they put each face.
        governed: faces that each moment decides about.
        stand: where other decisions would put each face.
    """

    project: Project
    flat: Flat
    standing: Standing
    governed: Mapping[str, Collection[int]]
    stand: Callable[[Flat], Standing]


def assign(desk: Desk, tracks: Sequence[Track], name: str) -> Flat:
    """Tracks become a character's, or nobody's if the name is `REJECTION`; a whole cluster by one pin where that does.

    Other tracks stay with whom they are. Only those of a cluster without a name may follow the first pin in it.
    """
    new = forget(desk, tracks)
    if name != REJECTION:
        _introduce(new, name, desk.project.folders)
    wanted = {face for track in tracks for face in track.faces}
    for track in _leaders(desk.project, tracks, wanted):
        new["pins", pin_moment(desk.project, track.faces)] = name
    return settle(desk, _tidy(desk, new), tracks, None if name == REJECTION else name)


def forget(desk: Desk, tracks: Sequence[Track]) -> Flat:
    """What people said about tracks is taken back."""
    wanted = {face for track in tracks for face in track.faces}
    gone = {key for key, faces in desk.governed.items() if wanted & set(faces)}
    return _tidy(desk, _kept(desk.flat, gone))


def _kept(flat: Flat, gone: Collection[str]) -> Flat:
    return {(section, key): v for (section, key), v in flat.items() if section not in ABOUT_FACES or key not in gone}


def reject(desk: Desk, tracks: Sequence[Track]) -> Flat:
    """Tracks show nobody of the cast."""
    return _mark(desk, tracks, "reject")


def not_a_person(desk: Desk, tracks: Sequence[Track]) -> Flat:
    """Tracks show no person at all: a poster, a hood, a false detection."""
    return _mark(desk, tracks, "not_a_person")


def confirm(desk: Desk, tracks: Sequence[Track]) -> Flat:
    """Tracks stay for good with the names that they have."""
    new = forget(desk, tracks)
    for track in tracks:
        if name := desk.standing.character[track.faces[0]]:
            _introduce(new, name, desk.project.folders)
            new["pins", pin_moment(desk.project, track.faces)] = name
    return _tidy(desk, new)


def rename(desk: Desk, old: str, new_name: str) -> Flat:
    """A character gets another id, wherever its name comes from."""
    new = dict(desk.flat)
    for folder in desk.project.folders:
        if new.get(("rename", folder), folder) == old:
            new["rename", folder] = new_name
            if folder == new_name:
                del new["rename", folder]
    return _follow(desk, new, old, new_name, keep=True)


def merge(desk: Desk, old: str, into: str) -> Flat:
    """Two characters are one, who keeps the second id."""
    new = dict(desk.flat)
    if any(new.get(("rename", folder), folder) == old for folder in desk.project.folders):
        new["merge", old] = into
        new.pop(("characters", old), None)
        return _tidy(desk, new)
    return _follow(desk, new, old, into, keep=False)


def describe(desk: Desk, name: str, display: str | None, trigger: str | None) -> Flat:
    """How a character is shown and called; null for what follows from its id."""
    said = {key: value for key, value in (("display", display), ("trigger", trigger)) if value}
    new = {key: value for key, value in desk.flat.items() if key != ("characters", name)}
    if said or name not in _folder_names(new, desk.project.folders):
        new["characters", name] = said
    return new


def pin_moment(project: Project, faces: Sequence[int]) -> str:
    """The moment of the face by which a track is best met: away from other faces of the frame, then sharp."""
    rows = project.faces.rows
    best = min(faces, key=lambda n: (-min(project.elbow_room[n], 3.0), -rows[n]["sharpness"], n))
    return rows[best]["moment"]


def _leaders(project: Project, tracks: Sequence[Track], wanted: Collection[int]) -> list[Track]:
    """The longest track of each cluster that is wanted as a whole, and all other tracks."""
    rows = project.faces.rows
    whole: dict[str | None, list[Track]] = {}
    for track in tracks:
        whole.setdefault(rows[track.faces[0]]["cluster_id"], []).append(track)
    left = {row["cluster_id"] for n, row in enumerate(rows) if n not in wanted}
    chosen = []
    for cluster, inside in whole.items():
        one = cluster is not None and cluster not in left
        chosen += [max(inside, key=lambda track: len(track.faces))] if one else inside
    return chosen


def settle(desk: Desk, new: Flat, tracks: Sequence[Track], target: str | None, placed: bool = False) -> Flat:
    """Decisions, and as many pins more as it takes for all tracks to be where they should be.

    Args:
        tracks: what the action is about; all others keep their names.
        target: the character of these tracks; null for nobody.
        placed: these tracks are where they should be.
    """
    new, rows = dict(new), desk.project.faces.rows
    wanted = {face for track in tracks for face in track.faces}
    for _ in range(ROUNDS):
        now = desk.stand(new)
        lost = [track.faces for track in tracks if not placed and not _is(now, track, target)]
        pins = [(faces, target or REJECTION) for faces in lost]
        moved: dict[tuple[str, str], list[int]] = {}
        for n, (before, after) in enumerate(zip(desk.standing.character, now.character, strict=True)):
            if before and before != after and n not in wanted:
                moved.setdefault((rows[n]["track_id"], before), []).append(n)
        pins += [(faces, name) for (_, name), faces in moved.items()]
        if not pins:
            break
        for faces, name in pins:
            if name != REJECTION:
                _introduce(new, name, desk.project.folders)
            new["pins", pin_moment(desk.project, faces)] = name
    return new


def _is(standing: Standing, track: Track, target: str | None) -> bool:
    return all(standing.character[n] == target and standing.origin[n] != "none" for n in track.faces)


def _mark(desk: Desk, tracks: Sequence[Track], section: str) -> Flat:
    new = forget(desk, tracks)
    for track in tracks:
        new[section, pin_moment(desk.project, track.faces)] = True
    return settle(desk, _tidy(desk, new), tracks, None, placed=True)


def _follow(desk: Desk, new: Flat, old: str, name: str, keep: bool) -> Flat:
    """Everything that said `old` says `name`."""
    for (section, key), value in list(new.items()):
        if section in ("pins", "merge") and value == old:
            new[section, key] = name
    entry = new.pop(("characters", old), None)
    if keep and entry:
        new["characters", name] = entry
    _introduce(new, name, desk.project.folders)
    return _tidy(desk, new)


def _folder_names(flat: Flat, folders: Sequence[str]) -> set[str]:
    return {flat.get(("rename", folder), folder) for folder in folders}


def _introduce(new: Flat, name: str, folders: Sequence[str]) -> None:
    """A name that neither a folder nor an entry holds gets an entry."""
    if name not in _folder_names(new, folders):
        new.setdefault(("characters", name), {})


def _tidy(desk: Desk, new: Flat) -> Flat:
    """Without entries of characters that lost their last pin by this action."""
    merged = {key: value for (section, key), value in new.items() if section == "merge"}

    def final(name: str) -> str:
        for _ in range(len(merged)):
            name = merged.get(name, name)
        return name

    said = [value for (section, _), value in new.items() if section == "pins"]
    held = {*map(final, said), *map(final, _folder_names(new, desk.project.folders))}
    return {key: value for key, value in new.items() if key[0] != "characters" or key[1] in held}
