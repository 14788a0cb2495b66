"""What the caption tab is told, as plain values."""

from collections.abc import Mapping, Sequence
from typing import Any

from dramatis.review.captions.gallery import Gallery
from dramatis.review.captions.query import choices
from dramatis.review.captions.session import AUTO, HUMAN, CaptionSession
from dramatis.review.captions.tags import counted, have_all

TAGS = 60
"""Most tags that the panel offers."""
STAGES = ("full", "upper", "head", "scene", "composite")
SPLITS = ("train", "validation", "left out")


def about_pictures(gallery: Gallery) -> list[list[Any]]:
    """What never changes of each picture: id, stage, split, video, place, names, hash."""
    return [
        [each.id, each.stage, each.split, each.video or "", each.place, ", ".join(_names(gallery, each.characters)),
         each.picture]
        for each in gallery.pictures
    ]  # fmt: skip


def facets(session: CaptionSession) -> list[dict[str, Any]]:
    """What pictures can be chosen by: each facet with its values, their names and how many pictures they have."""
    found = choices(session.gallery.pictures, session.origins)
    order = {"stage": STAGES, "split": SPLITS, "origin": (AUTO, HUMAN)}
    said = {"character": "Everybody", "stage": "All stages", "video": "All videos", "split": "All splits",
            "origin": "Auto, human"}  # fmt: skip
    shown = []
    for facet, values in found.items():
        if facet in order:
            values = sorted(values, key=lambda pair: order[facet].index(pair[0]))
        named = [
            {"value": value, "label": session.gallery.display.get(value, value) if facet == "character" else value,
             "count": count}
            for value, count in values
        ]  # fmt: skip
        shown.append({"id": facet, "label": said[facet], "values": named})
    return shown


def panel(session: CaptionSession, picked: Sequence[int], shown: int, labels: Sequence[str]) -> dict[str, Any]:
    """What the panel says of the selected pictures.

    Args:
        picked: their positions.
        shown: how many pictures can be seen.
        labels: of the keys.
    """
    known = session.known(picked)
    tags = counted(known)
    return {
        "count": len(picked),
        "shown": shown,
        "known": len(known),
        "human": sum(session.origins[n] == HUMAN for n in picked),
        "tags": [{"tag": each.tag, "count": each.captions} for each in tags[:TAGS]],
        "more": max(len(tags) - TAGS, 0),
        "labels": [{"tag": tag, "on": bool(tag and known) and have_all(tag, known)} for tag in labels],
        "one": _one(session, picked[0]) if len(picked) == 1 else None,
    }


def counts(session: CaptionSession) -> Mapping[str, int]:
    """Captions that people wrote, pictures, and captions that wait for the next run."""
    pictures = range(len(session.gallery.pictures))
    return {
        "human": sum(origin == HUMAN for origin in session.origins),
        "pictures": len(pictures),
        "pending": sum(map(session.pending, pictures)),
    }


def _one(session: CaptionSession, n: int) -> dict[str, Any]:
    picture = session.gallery.pictures[n]
    split = f"{picture.split}: {picture.left_out}" if picture.left_out else picture.split
    return {
        "number": n,
        "id": picture.id,
        "picture": picture.picture,
        "about": f"{picture.stage} · {split} · {picture.size[0]}×{picture.size[1]} px · {picture.place}",
        "caption": session.captions[n],
        "automatic": session.automatic(n),
        "human": session.origins[n] == HUMAN,
        "pending": session.pending(n),
        "twins": len(session.numbers[picture.picture]) - 1,
    }


def _names(gallery: Gallery, characters: Sequence[str]) -> list[str]:
    return [gallery.display.get(character, character) for character in characters]
