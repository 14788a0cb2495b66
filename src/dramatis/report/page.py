"""The page: its parts in order, in a frame of style and script, all in one file."""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from dramatis.report import coverage, quality, runs, standing
from dramatis.report.cast import Cast
from dramatis.report.html import Section, tag, text
from dramatis.report.origins import Origins
from dramatis.report.paint import Part, from_frames
from dramatis.report.timeline import Timeline
from dramatis.report.videos import Video, load_video


class Report(NamedTuple):
    """A page.

    Attributes:
        html: the whole file.
        data: the same for scripts, by part, without pictures; null for a part that needs a stage which has not run.
    """

    html: str
    data: dict[str, Any]


def make(
    params: Mapping[str, Any],
    states: Sequence[Mapping[str, Any]],
    locks: Mapping[str, Mapping[str, Any]],
    trace: coverage.Trace,
    top: Path = Path(),
) -> Report:
    """The page of a project, however far it has come.

    Args:
        params: of params.yaml.
        states: of every stage, as `standing.section` takes them.
        locks: the stages in the locks.
        trace: the history of a picture by its id.
        top: top folder of the project.
    """
    data, names = top / "data", list(params.get("runs") or {})
    videos = [load_video(key, str(value["source"]), data) for key, value in (params.get("videos") or {}).items()]
    cast, timeline, origins = Cast(videos, data), Timeline(videos), Origins()
    drawn = _draw(videos, [cast.wanted(), timeline.wanted()], data)
    said = standing.cited(locks, names, top)
    sections = [
        cast.section(videos, drawn, origins),
        timeline.section(videos, cast, drawn, origins),
        coverage.coverage(data, cast.display),
        coverage.dataset(data, cast.display, trace, origins),
        runs.runs(names, top, trace, origins),
        runs.comparison(names, top),
        quality.quality([video.name for video in videos], data),
        standing.section(states, locks, said),
    ]
    return Report(_page(_title(cast), sections, said, origins), {one.id: one.data for one in sections})


def _draw(videos: Sequence[Video], wanted: Sequence[dict[str, dict[str, list[Part]]]], data: Path) -> dict[str, str]:
    drawn: dict[str, str] = {}
    for video in videos:
        frames: dict[str, list[Part]] = {}
        for each in wanted:
            for frame, parts in each.get(video.name, {}).items():
                frames.setdefault(frame, []).extend(parts)
        drawn |= from_frames(video.name, frames, data / "frames")
    return drawn


def _title(cast: Cast) -> str:
    names = [row["display"] for row in cast.rows]
    if len(names) > 6:
        names = [*names[:5], f"{len(names) - 5} more"]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names) or "A cast without names"


def _page(title: str, sections: Sequence[Section], said: Mapping[str, Any], origins: Origins) -> str:
    cite = " · ".join(
        filter(
            None,
            [
                f"Dramatis {said['dramatis']}",
                said["commit"] and f"commit {said['commit']}",
                said["results"] and f"results {said['results']}",
            ],
        )
    )
    links = "".join(tag("a", text(one.title), href=f"#{one.id}") for one in sections)
    body = "".join(tag("section", tag("h2", text(one.title)), one.html, id=one.id) for one in sections)
    shown = json.dumps({"trees": origins.trees, "pictures": origins.pictures}, ensure_ascii=False, sort_keys=True)
    parts = {
        "title": text(title),
        "cite": text(cite),
        "links": links,
        "body": body,
        "style": _file("page.css"),
        "script": _file("page.js"),
        "shown": shown.replace("<", "\\u003c"),
    }
    page = _file("page.html")
    before, *pieces = page.split("{{")
    for piece in pieces:
        name, _, after = piece.partition("}}")
        before += parts[name] + after
    return before


def _file(name: str) -> str:
    return files("dramatis.report").joinpath(name).read_text(encoding="utf-8")
