"""Small pictures of faces with their time codes, for contact sheets."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dramatis.core import boxes
from dramatis.core.images import cut, decode
from dramatis.core.tables import box_of, iter_rows
from dramatis.core.thumbs import Thumb, short_time

SURROUNDINGS = 1.5
"""Side of a picture over the longer side of the face."""


def thumbs_of(faces: Sequence[dict[str, Any]], frames: Path) -> list[Thumb]:
    """A picture of each face with its surroundings; the frames of each video are read once.

    Args:
        faces: rows with `detection_id`, `video`, `frame_id` and `box`.
        frames: folder of stage `frames`, with one folder a video.
    """
    in_frame: dict[str, list[dict[str, Any]]] = {}
    for face in faces:
        in_frame.setdefault(face["frame_id"], []).append(face)
    found: dict[str, Thumb] = {}
    for video in sorted({face["video"] for face in faces}):
        table = frames / video / "frames.parquet"
        for frame in iter_rows(table, f"frames@{video}", ["frame_id", "time_code", "image"]):
            if here := in_frame.get(frame["frame_id"]):
                image = decode(frame["image"], frame["frame_id"])
                for face in here:
                    part = cut(image, boxes.expand(box_of(face["box"]), SURROUNDINGS))
                    found[face["detection_id"]] = Thumb(part, f"{video} {short_time(frame['time_code'])}")
    return [found[face["detection_id"]] for face in faces]
