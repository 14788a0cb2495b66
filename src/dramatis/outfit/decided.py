"""What people call outfits, from moments to shots of a character."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dramatis.core.errors import ParameterError
from dramatis.core.moments import FORM, Moment, parse, track_at
from dramatis.core.tables import read_rows
from dramatis.outfit.looks import Look
from dramatis.outfit.names import agreed

PLACE = "cast.yaml: outfits"
Row = dict[str, Any]
Shot = tuple[str, int]


class Words(NamedTuple):
    """Names as people gave them.

    Attributes:
        names: by character and shot.
        unmet: moments that decide nothing now, with the reason.
    """

    names: dict[tuple[str, Shot], str]
    unmet: dict[str, str]

    def of(self, character: str) -> dict[Shot, str]:
        """The names of one character's shots."""
        return {shot: name for (who, shot), name in self.names.items() if who == character}


def words_of(
    decisions: Mapping[str, str], videos: Sequence[str], frames: Path, detections: Path, found: Sequence[Look]
) -> Words:
    """Finds the shots that moments mean; names of one shot that differ are settled by `agreed`.

    Args:
        decisions: names by moment.
        videos: ids of all videos.
        frames, detections: folders with one folder a video.
        found: all looks of named characters.

    Raises:
        ParameterError: a key is no moment.
    """
    moments = {key: _moment(key) for key in decisions}
    look_of = {track: (look.character, look.shot) for look in found for track in look.figures.values()}
    asked = {moment.video for moment in moments.values()} & set(videos)
    faces = {video: _faces(video, frames, detections) for video in asked}
    said: dict[tuple[str, Shot], list[tuple[str, str]]] = defaultdict(list)
    unmet: dict[str, str] = {}
    for key, moment in moments.items():
        if moment.video not in faces:
            unmet[key] = "no video has this id"
            continue
        track = track_at(moment, *faces[moment.video])
        if track in look_of:
            said[look_of[track]].append((key, decisions[key]))
        else:
            unmet[key] = "the face there has no name" if track else "no face is there"
    names = {place: agreed([name for _, name in pairs]) for place, pairs in said.items()}
    for place, pairs in said.items():
        for key, name in pairs:
            if name != names[place]:
                unmet[key] = f"the same shot is called {names[place]!r} too, and a shot shows one outfit"
    return Words(names, dict(sorted(unmet.items())))


def _faces(video: str, frames: Path, detections: Path) -> tuple[list[Row], list[tuple[float, float]]]:
    """The faces of a video as `track_at` takes them, and its shots."""
    made_by = f"frames@{video}"
    columns = ["frame_id", "pts_s", "width_px", "height_px"]
    frame_of = {row["frame_id"]: row for row in read_rows(frames / video / "frames.parquet", made_by, columns)}
    boxes = read_rows(detections / video / "detections.parquet", f"detect@{video}")
    shots = sorted((row["start_s"], row["end_s"]) for row in read_rows(frames / video / "shots.parquet", made_by))
    return [row | frame_of[row["frame_id"]] for row in boxes if row["kind"] == "face"], shots


def _moment(key: str) -> Moment:
    moment = parse(key)
    if moment is None:
        raise ParameterError(f"{PLACE}.{key}", f"no moment ({FORM})", "Take one from data/cast or a contact sheet")
    return moment
