"""The contact sheet: one row for each character, references first, then its sharpest distinct faces."""

from typing import Any, NamedTuple

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from dramatis.cast.faces import Faces
from dramatis.core.fonts import font
from dramatis.core.images import Image
from dramatis.core.thumbs import Thumb, paste

THUMB_PX, LABEL_PX, GAP_PX, CAPTION_PX = 96, 190, 6, 16
REFERENCES, FACES, UNNAMED = 3, 8, 12
"""Most reference pictures and faces in a row, and most rows of clusters without a name."""


class Group(NamedTuple):
    """Who gets a row: a character, or a cluster without a name."""

    title: str
    lines: list[str]
    character: str | None
    faces: list[int]
    """Positions of the faces to show."""


class Row(NamedTuple):
    """A character, or a cluster without a name."""

    title: str
    lines: list[str]
    references: list[Thumb]
    faces: list[Thumb]


def groups(
    faces: Faces, rows: list[dict[str, Any]], characters: list[dict[str, Any]], clusters: list[dict[str, Any]]
) -> list[Group]:
    """All characters, then the open clusters, most screen time first, each with the faces to show."""
    found = []
    for character in characters:
        own = [n for n, row in enumerate(rows) if row["character"] == character["character"]]
        lines = [
            character["character"],
            f"{character['seconds']:.0f} s in {character['shots']} shots",
            f"{character['faces']} faces, {character['tracks']} tracks",
            f"clusters: {character['clusters']}",
        ]
        found.append(Group(character["display"], lines, character["character"], _shown(faces, own)))
    for cluster in open_clusters(clusters)[:UNNAMED]:
        own = [n for n, row in enumerate(rows) if row["cluster_id"] == cluster["cluster_id"] and is_open(row)]
        lines = [
            cluster["cluster_id"],
            f"{cluster['seconds']:.0f} s in {cluster['shots']} shots",
            f"{cluster['faces']} faces, {cluster['tracks']} tracks",
            f"pin {cluster['moment']}",
        ]
        found.append(Group("(no name)", lines, None, _shown(faces, own)))
    return found


def is_open(row: dict[str, Any]) -> bool:
    """True for a face, or most of a cluster, that neither a reference nor a person settled."""
    return row["origin"] == "none"


def open_clusters(clusters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of clusters most of whose faces are open, most screen time first."""
    found = [cluster for cluster in clusters if is_open(cluster)]
    return sorted(found, key=lambda cluster: (-cluster["seconds"], -cluster["shots"], cluster["cluster_id"]))


def _shown(faces: Faces, own: list[int]) -> list[int]:
    rows = [faces.rows[n] for n in own]
    shots = [f"{row['video']}-{row['shot']}" for row in rows]
    return [own[k] for k in sharpest([row["sharpness"] for row in rows], [row["track_id"] for row in rows], shots)]


def sharpest(sharpness: list[float], tracks: list[str], shots: list[str], count: int = FACES) -> list[int]:
    """Positions of the sharpest faces that differ: the best of each track, every shot once before any twice."""
    order = sorted(range(len(tracks)), key=lambda n: (-sharpness[n], n))
    best = list({tracks[n]: n for n in reversed(order)}.values())  # the sharpest of each track
    best.sort(key=order.index)
    seen: dict[str, int] = {}
    rounds = {}
    for n in best:
        rounds[n] = seen.get(shots[n], 0)
        seen[shots[n]] = rounds[n] + 1
    return sorted(best, key=lambda n: (rounds[n], order.index(n)))[:count]


def draw(rows: list[Row], title: str) -> Image:
    """The sheet, RGB."""
    step = THUMB_PX + CAPTION_PX + GAP_PX
    width = LABEL_PX + (REFERENCES + FACES) * (THUMB_PX + GAP_PX) + 3 * GAP_PX
    sheet = Pillow.new("RGB", (width, 34 + step * max(len(rows), 1)), "white")
    pen = ImageDraw.Draw(sheet)
    bold, plain = font(15), font(11)
    pen.text((GAP_PX, 8), title, "black", bold)
    for n, row in enumerate(rows):
        top = 34 + n * step
        pen.line((0, top - GAP_PX // 2, width, top - GAP_PX // 2), "#dddddd")
        pen.text((GAP_PX, top + 8), row.title, "black", bold)
        for k, line in enumerate(row.lines):
            pen.text((GAP_PX, top + 34 + 17 * k), line, "#555555", plain)
        faces_left = LABEL_PX + REFERENCES * (THUMB_PX + GAP_PX) + 2 * GAP_PX
        for left, thumbs in ((LABEL_PX, row.references[:REFERENCES]), (faces_left, row.faces[:FACES])):
            for k, thumb in enumerate(thumbs):
                x = left + k * (THUMB_PX + GAP_PX)
                paste(sheet, thumb, x, top, THUMB_PX)
        pen.line((faces_left - GAP_PX, top, faces_left - GAP_PX, top + THUMB_PX), "#aaaaaa")
    if not rows:
        pen.text((GAP_PX, 40), "no characters and no clusters", "#555555", plain)
    return np.asarray(sheet)
