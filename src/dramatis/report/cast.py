"""Who is in it: names, faces, outfits, screen time, and who has no name."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dramatis.core.tables import read_rows
from dramatis.report.html import Section, absent, picture, tag, text
from dramatis.report.origins import Node, Origins, node
from dramatis.report.paint import Part
from dramatis.report.videos import Face, Video

FACES, ALL_FACES = 6, 240
"""Pictures of a character, and of all together, at most."""
FACE_PX = 112


def frame_tree(video: Video, frame: dict[str, Any]) -> Node:
    """Frame, time code, video."""
    if frame.get("file"):
        place = node("picture", frame["file"], node("source", f"{video.name} · {video.source}"))
    else:
        film = node("video", f"{video.name} · {video.source}")
        place = node("time code", f"{frame['time_code']} (shot {frame['shot']})", film)
    return node("frame", f"{frame['frame_id']} · {frame['width_px']}×{frame['height_px']} px", place)


def face_tree(video: Video, face: Face) -> Node:
    """Face, why it has its name, frame."""
    row = face.row
    said = f"track {row['track_id']}, cluster {row['cluster_id']}, named by {row['origin']}"
    return node("face", f"{row['moment']} · {row['character']}", node("name", said), frame_tree(video, face.frame))


def chosen_faces(videos: Sequence[Video], character: str, most: int) -> list[tuple[Video, Face]]:
    """The best faces of somebody: of each outfit by turns, each shot once, best first."""
    own = [(video, face) for video in videos for face in video.faces if face.row["character"] == character and face.box]
    own.sort(key=lambda each: (-each[1].score, each[1].row["detection_id"]))
    by_outfit: dict[str | None, list[tuple[Video, Face]]] = {}
    seen = set()
    for video, face in own:
        shot = video.name, face.frame["shot"]
        if shot not in seen:
            seen.add(shot)
            by_outfit.setdefault(face.outfit, []).append((video, face))
    chosen: list[tuple[Video, Face]] = []
    while len(chosen) < most and any(by_outfit.values()):
        for faces in by_outfit.values():
            if faces and len(chosen) < most:
                chosen.append(faces.pop(0))
    return chosen


class Cast:
    """The characters with the faces that are shown of them."""

    def __init__(self, videos: Sequence[Video], data: Path):
        file, clusters = data / "cast" / "characters.parquet", data / "cast" / "clusters.parquet"
        self.there = file.is_file()
        rows = read_rows(file, "cast") if self.there else []
        self.rows = sorted(rows, key=lambda row: (-row["seconds"], row["character"]))
        most = max(min(FACES, ALL_FACES // max(len(rows), 1)), 1)
        self.faces = {row["character"]: chosen_faces(videos, row["character"], most) for row in self.rows}
        found = read_rows(clusters, "cast") if clusters.is_file() else []
        self.open = sorted((row for row in found if row["open_faces"]), key=lambda row: -row["seconds"])
        self.display = {row["character"]: row["display"] for row in self.rows}

    def wanted(self) -> dict[str, dict[str, list[Part]]]:
        """What has to be drawn, by video and frame."""
        found: dict[str, dict[str, list[Part]]] = {}
        for faces in self.faces.values():
            for video, face in faces:
                part = Part(face.row["detection_id"], face.box, FACE_PX)
                found.setdefault(video.name, {}).setdefault(face.frame["frame_id"], []).append(part)
        return found

    def section(self, videos: Sequence[Video], drawn: dict[str, str], origins: Origins) -> Section:
        """A card for each character, and the clusters without a name."""
        if not self.there:
            return absent("cast", "The cast", "cast")
        cards = [self._card(row, videos, drawn, origins) for row in self.rows]
        html = tag("div", *cards, class_="cards") if cards else tag("p", "Nobody has a name yet: `dramatis name`.")
        if self.open:
            said = [f"{row['cluster_id']}: {row['seconds']:.1f} s in {row['shots']} shots" for row in self.open]
            html += tag("h3", "Without a name") + tag("ul", *(tag("li", text(line)) for line in said))
        data = [{**row, "outfits": self._outfits(row["character"], videos)} for row in self.rows]
        unnamed = [{key: row[key] for key in ("cluster_id", "seconds", "shots", "faces")} for row in self.open]
        return Section("cast", "The cast", html, {"characters": data, "unnamed": unnamed})

    def _outfits(self, character: str, videos: Sequence[Video]) -> list[str]:
        faces = (face for video in videos for face in video.faces if face.row["character"] == character)
        return sorted({face.outfit for face in faces if face.outfit is not None})

    def _card(self, row: dict[str, Any], videos: Sequence[Video], drawn: dict[str, str], origins: Origins) -> str:
        pictures = []
        for video, face in self.faces[row["character"]]:
            key, at = face.row["detection_id"], video.at(face.frame["pts_s"])
            origin = origins.add(key, face_tree(video, face))
            words = f"{row['display']} in {video.name} at {at}"
            pictures.append(picture(drawn[key], words, origin, text(f"{video.name} {at}")))
        said = [
            ("screen time", f"{row['seconds']:.1f} s"),
            ("seen in", f"{row['shots']} shots, {row['faces']} faces"),
            ("trigger word", row["trigger"]),
            ("outfits", ", ".join(self._outfits(row["character"], videos)) or "not known"),
        ]
        facts = "".join(tag("dt", text(name)) + tag("dd", text(value)) for name, value in said)
        key = "" if row["display"] == row["character"] else f" {tag('small', text(row['character']))}"
        head = tag("h3", text(row["display"]), key)
        return tag("article", head, tag("div", *pictures, class_="faces"), tag("dl", facts), class_="card")
