"""Which tracks stand where: sections of the pages of a character, of who has no name, and of who was rejected."""

from collections.abc import Callable, Sequence
from typing import Any

from dramatis.cast.schema import NOT_A_PERSON
from dramatis.cast.sheet import open_clusters
from dramatis.core.thumbs import Thumb
from dramatis.sheets.pages import Section
from dramatis.sheets.tracks import Limits, Row, Track, by_outfit, doubts

DOUBTFUL, SURE, LOOSE = "#d9822b", "#4c8f5b", "#a0a0a0"
Look = Callable[[Track, tuple[str, ...]], Thumb]
"""Makes the picture of a track, with more lines under its time."""


def of_character(own: Sequence[Track], limits: Limits, look: Look) -> list[Section]:
    """A section for each outfit, one for tracks without, and the doubtful ones last, most reasons at the end.

    Args:
        own: all tracks of one character.
    """
    why = {id(track): doubts(track, limits) for track in own}
    sections = []
    for outfit, name, worn in by_outfit([track for track in own if not why[id(track)]]):
        words = f"{_count(worn)}. To name it, write under outfits in cast.yaml:  {_moment(worn)}: <name>"
        if outfit is None:
            heading, words = "No outfit", f"{_count(worn)}. No clothes are seen, or they are like no other shot's"
        elif name:
            heading, words = f"Outfit {name}", f"{_count(worn)}. {outfit}"
        else:
            heading = f"Outfit {outfit}"
        sections.append(Section(heading, words, [look(t, (_moment([t]),)) for t in worn], SURE if outfit else LOOSE))
    doubtful = sorted((track for track in own if why[id(track)]), key=lambda track: len(why[id(track)]))
    if doubtful:
        thumbs = [look(track, (_moment([track]), *why[id(track)], _outfit(track))) for track in doubtful]
        words = f"{_count(doubtful)}. Whoever is wrong here: pins, reject or not_a_person in cast.yaml, by the moment"
        sections.append(Section("Doubtful", words, thumbs, DOUBTFUL))
    return sections


def of_unnamed(
    clusters: Sequence[dict[str, Any]], tracks_of: dict[str | None, list[Track]], look: Look
) -> list[Section]:
    """A section for each cluster that nobody named, most screen time first; then tracks in no cluster.

    Args:
        clusters: rows of the table of clusters.
        tracks_of: open tracks by cluster.
    """
    sections = []
    for row in open_clusters(list(clusters)):
        own = tracks_of.get(row["cluster_id"], [])
        heading = f"{row['cluster_id']}: {row['seconds']:.0f} s in {row['shots']} shots"
        words = f"{_count(own)}. To name it, write under pins in cast.yaml:  {row['moment']}: <name>"
        if own:
            sections.append(Section(heading, words, [look(track, (_moment([track]),)) for track in own], DOUBTFUL))
    shown = {row["cluster_id"] for row in open_clusters(list(clusters))}
    rest = [track for cluster, own in tracks_of.items() if cluster not in shown for track in own]
    if rest:
        words = f"{_count(rest)}. Seen too rarely, or unlike everybody; a pin names a single track"
        thumbs = [look(track, (_moment([track]),)) for track in rest]
        sections.append(Section("In no cluster, or left over from a named one", words, thumbs, LOOSE))
    return sections


def of_rejected(own: Sequence[Track], look: Look) -> list[Section]:
    """Who is not in the cast, and what is not a person, as people said."""
    nobody = [track for track in own if track.best["origin"] != NOT_A_PERSON]
    things = [track for track in own if track.best["origin"] == NOT_A_PERSON]
    found = []
    for heading, tracks in (("Not in the cast", nobody), ("Not a person", things)):
        if tracks:
            thumbs = [look(track, (_moment([track]),)) for track in tracks]
            found.append(Section(heading, _count(tracks), thumbs, LOOSE))
    return found


def labels(faces: Sequence[Row], display: dict[str, str]) -> list[str | None]:
    """What the map calls each face: the name of its character, else its cluster, else None."""
    return [display.get(face["character"]) or face["cluster_id"] for face in faces]


def _moment(tracks: Sequence[Track]) -> str:
    """The moment of the best face of several tracks."""
    return max((track.best for track in tracks), key=lambda face: face["score"])["moment"]


def _outfit(track: Track) -> str:
    worn = track.best["outfit_name"] or track.best["outfit_id"]
    return f"outfit {worn}" if worn else "no outfit"


def _count(tracks: Sequence[Track]) -> str:
    faces = sum(len(track.faces) for track in tracks)
    return f"{len(tracks)} track{'s' * (len(tracks) != 1)}, {faces} face{'s' * (faces != 1)}"
