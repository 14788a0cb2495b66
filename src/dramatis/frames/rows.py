"""Rows of the tables of stage `frames`."""

from typing import Any

from dramatis.core.errors import InputError
from dramatis.core.images import Image, encode_jpeg
from dramatis.core.phash import phash
from dramatis.frames.flags import flag_of
from dramatis.frames.luma import Thumb
from dramatis.frames.picture import sharpness
from dramatis.frames.sampling import Candidate
from dramatis.frames.shots import Shot
from dramatis.frames.video import time_code

Row = dict[str, Any]

MOST_FRAMES = 1_000_000
"""Numbers of six digits: more would not sort as text."""


def check_number(index: int, place: str) -> None:
    """Raises an `InputError` for the number of a frame that would not sort."""
    if index >= MOST_FRAMES:
        raise InputError(place, f"it has more than {MOST_FRAMES:,} frames", "Cut it into parts")


def candidate_of(image: Image, index: int, time_s: float, thumb: Thumb) -> Candidate:
    """A picture with what the table says of it, JPEG included."""
    height, width = image.shape[:2]
    hashed, sharp, data = phash(image), sharpness(image), encode_jpeg(image)
    return Candidate(index, time_s, hashed, sharp, width, height, thumb, data, flag_of(image))


def frame_row(video: str, shot: int, candidate: Candidate, file: str | None = None, folder: str | None = None) -> Row:
    """A row of `FRAMES`; a frame of a video has no file of its own."""
    return {
        "frame_id": f"{video}-{candidate.index:06d}",
        "video": video,
        "index": candidate.index,
        "pts_s": candidate.time_s,
        "time_code": time_code(candidate.time_s),
        "shot": shot,
        "phash": f"{candidate.phash:016x}",
        "sharpness": candidate.sharpness,
        "width_px": candidate.width_px,
        "height_px": candidate.height_px,
        "flag": candidate.flag,
        "file": file,
        "folder": folder,
        "image": candidate.image,
    }


def shot_row(video: str, shot: Shot, end_frame: int, end_s: float, kept: int) -> Row:
    """A row of `SHOTS`; its end is the first frame after it, and when that begins [s]."""
    return {
        "shot_id": f"{video}-{shot.number:04d}",
        "video": video,
        "shot": shot.number,
        "start_frame": shot.start_frame,
        "end_frame": end_frame,
        "start_s": shot.start_s,
        "end_s": end_s,
        "transition": shot.transition,
        "from_s": shot.from_s,
        "to_s": shot.to_s,
        "kept": kept,
    }
