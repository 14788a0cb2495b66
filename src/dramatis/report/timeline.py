"""Who is on screen when: a row for each character, shot by shot."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dramatis.report.cast import Cast, frame_tree
from dramatis.report.html import Section, absent, tag, text
from dramatis.report.origins import Origins
from dramatis.report.paint import Part
from dramatis.report.videos import Video

PICTURES = 240
"""Shots with a picture, of all videos together, at most."""
FRAME_PX = 320
COLOURS = 8
"""Colours that the style gives to rows, by turns."""


class Shown(NamedTuple):
    """A shot.

    Attributes:
        key: `<video>-<shot:04d>`.
        row: of the table of shots.
        who: faces of each character in it, most first.
        nameless: faces without a name.
        frame: the frame that stands for it: the one with most named faces, else the middle one; None without any.
    """

    key: str
    row: dict[str, Any]
    who: dict[str, int]
    nameless: int
    frame: dict[str, Any] | None


def shots_of(video: Video) -> list[Shown]:
    """The shots of a video with who is in them."""
    frames: dict[int, list[dict[str, Any]]] = {}
    for frame in video.frames.values():
        frames.setdefault(frame["shot"], []).append(frame)
    named: dict[str, set[str]] = {}
    counts: dict[int, dict[str | None, int]] = {}
    for face in video.faces:
        who, frame = face.row["character"], face.frame
        if who:
            named.setdefault(frame["frame_id"], set()).add(who)
        of_shot = counts.setdefault(frame["shot"], {})
        of_shot[who] = of_shot.get(who, 0) + 1
    found = []
    for row in video.shots:
        there = frames.get(row["shot"], [])
        middle = len(there) // 2
        order = sorted(range(len(there)), key=lambda n: (-len(named.get(there[n]["frame_id"], ())), abs(n - middle)))
        of_shot = counts.get(row["shot"], {})
        who = {name: count for name, count in sorted(of_shot.items(), key=lambda one: (-one[1], str(one[0]))) if name}
        found.append(Shown(row["shot_id"], row, who, of_shot.get(None, 0), there[order[0]] if there else None))
    return found


class Timeline:
    """The shots of all videos, and which of them have a picture."""

    def __init__(self, videos: Sequence[Video]):
        self.shots = {video.name: shots_of(video) for video in videos if video.shots}
        every = [shot for shots in self.shots.values() for shot in shots if shot.frame]
        step = max(-(-len(every) // PICTURES), 1)
        self.pictured = {shot.key: shot.frame for shot in every[::step]}

    def wanted(self) -> dict[str, dict[str, list[Part]]]:
        """What has to be drawn, by video and frame."""
        found: dict[str, dict[str, list[Part]]] = {}
        for video, shots in self.shots.items():
            for shot in shots:
                if shot.key in self.pictured and shot.frame:
                    frames = found.setdefault(video, {})
                    frames.setdefault(shot.frame["frame_id"], []).append(Part(shot.key, None, FRAME_PX))
        return found

    def section(self, videos: Sequence[Video], cast: Cast, drawn: dict[str, str], origins: Origins) -> Section:
        """A figure for each video."""
        if not self.shots:
            return absent("timeline", "Who is on screen when", "frames")
        parts = (
            [] if cast.there else [tag("p", "Stage ", tag("code", "cast"), " has not run yet, so nobody has a name.")]
        )
        data = {}
        for video in videos:
            if video.name not in self.shots:
                parts.append(tag("p", text(f"{video.name}: stage frames has not run on it yet."), class_="absent"))
                continue
            shots = self.shots[video.name]
            for shot in shots:
                if shot.frame:
                    origins.add(shot.key, frame_tree(video, shot.frame), drawn.get(shot.key))
            parts.append(_figure(video, shots, cast))
            data[video.name] = [
                {"shot": one.row["shot"], "start_s": one.row["start_s"], "end_s": one.row["end_s"], "who": one.who}
                for one in shots
            ]
        hint = (
            "Each block is a shot. Point at one for its frame, press it for where that frame comes from; ← and → move."
        )
        return Section("timeline", "Who is on screen when", tag("p", text(hint), class_="hint") + "".join(parts), data)


def _figure(video: Video, shots: Sequence[Shown], cast: Cast) -> str:
    end = video.end_s
    here = [row["character"] for row in cast.rows if any(row["character"] in shot.who for shot in shots)]
    blocks = [_block(shot, video, cast) for shot in shots]
    rows = [
        tag("span", "shots", class_="who")
        + tag("div", *blocks, class_="strip shots", role="toolbar", aria_label=f"Shots of {video.name}")
    ]
    for character in here:
        number = [row["character"] for row in cast.rows].index(character) % COLOURS
        bars = [f'<i style="{_place(shot, end)}"></i>' for shot in shots if character in shot.who]
        seen = sum(shot.row["end_s"] - shot.row["start_s"] for shot in shots if character in shot.who)
        count = sum(character in shot.who for shot in shots)
        label = f"{cast.display[character]}: {count} shots, {seen:.1f} s long together"
        name = tag("span", text(cast.display[character]), class_="who")
        rows.append(name + tag("div", *bars, class_=f"strip c{number}", role="img", aria_label=label))
    ticks = [tag("span", text(video.at(end * n / 4)), style=f"left:{25 * n}%") for n in range(5)]
    rows.append(tag("span", "", class_="who") + tag("div", *ticks, class_="strip ticks", aria_hidden="true"))
    said = tag(
        "figcaption", tag("b", text(video.name)), text(f" · {video.source} · {video.at(end)} · {len(shots)} shots")
    )
    wide = f"--least:{max(len(shots) * 9, 300)}px"
    lanes = tag("div", tag("div", *rows, class_="lanes", style=wide), class_="wide")
    return tag("figure", said, lanes, class_="timeline")


def _place(shot: Shown, end: float) -> str:
    left, width = shot.row["start_s"] / end, (shot.row["end_s"] - shot.row["start_s"]) / end
    return f"left:{100 * left:.3f}%;width:{100 * width:.3f}%"


def _block(shot: Shown, video: Video, cast: Cast) -> str:
    who = ", ".join(cast.display.get(name, name) for name in shot.who) or "nobody with a name"
    extra = f", {shot.nameless} faces without a name" if shot.nameless else ""
    at = f"{video.at(shot.row['start_s'])} – {video.at(shot.row['end_s'])}"
    label = f"Shot {shot.row['shot']}, {at}: {who}{extra}"
    origin = shot.key if shot.frame else None
    return tag(
        "button", type="button", data_from=origin, data_said=label, aria_label=label, style=_place(shot, video.end_s)
    )
