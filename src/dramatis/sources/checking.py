"""Can stage `frames` read it? The same reading, with the same words where it cannot."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import av
from tqdm import tqdm

from dramatis.core.errors import InputError
from dramatis.core.params import load_params
from dramatis.core.stills import Still, frames_of
from dramatis.frames.colours import HLG, PQ, colours_of
from dramatis.frames.params import FramesParams
from dramatis.frames.picture import to_rgb
from dramatis.frames.sources import stills_of
from dramatis.frames.video import SHORT_S, TAKE_PART, base_of, open_video, read_pictures, time_code

HDR = {PQ: "HDR (PQ)", HLG: "HDR (HLG)"}
CONTAINERS = {"matroska,webm": ".mkv", "mpegts": ".ts", "avi": ".avi", "mpeg": ".mpg", "ogg": ".ogv", "asf": ".wmv"}
"""Endings for a video whose name has none; mp4 for all other containers that have one name for many."""


class Found(NamedTuple):
    """What a source turned out to be.

    Attributes:
        said: for people: length and size, or how many pictures.
        suffix: ending that its file should have if its name has none; empty for a folder.
    """

    said: str
    suffix: str


def look_into(source: Path) -> Found:
    """Opens a source as stage `frames` will, with the values of `params.yaml`.

    Of a video the first picture is decoded and converted, and all else read up to the end, undecoded. Of pictures each
    is read.

    Raises:
        MissingError: it is not there.
        InputError: it is neither a video nor pictures, or damaged while `frames.allow_partial` is false.
    """
    params = load_params("frames", FramesParams)
    stills = stills_of(source)
    return _film(source, params) if stills is None else _pictures(source, stills, params.allow_partial)


def _film(source: Path, params: FramesParams) -> Found:
    with open_video(source) as film:
        # with damage allowed: what is read here is one picture, and of a damaged rest `_check_end` tells
        pictures = read_pictures(film, True, params.deinterlace)
        first = next(pictures, None)
        if first is None:
            raise InputError(str(source), "it holds no frame that can be decoded", "Use another copy of it")
        image = to_rgb(first.frame, film.stream.sample_aspect_ratio, str(source), params.tone_map)
        hdr = HDR.get(colours_of(first.frame, str(source)).transfer, "")
        rate = film.stream.average_rate or film.stream.guessed_rate
        suffix = CONTAINERS.get(film.container.format.name, ".mp4")
        pictures.close()
    length_s = _length(source, params.allow_partial)
    height, width = image.shape[:2]
    said = [time_code(length_s), f"{width}×{height}", f"{float(rate):.4g} fps" if rate else "", hdr]
    return Found(", ".join(filter(None, said)), suffix)


def _length(source: Path, allow_partial: bool) -> float:
    """Length of the video stream as its packets say it [s]; nothing is decoded."""
    start, end, damaged = None, 0.0, False
    with open_video(source) as film:
        base = base_of(film.stream)
        try:
            for packet in film.container.demux(film.stream):
                damaged = damaged or (packet.is_corrupt and packet.size > 0)
                time = packet.pts if packet.pts is not None else packet.dts
                if time is not None:
                    start = float(time * base) if start is None else min(start, float(time * base))
                    end = max(end, float((time + (packet.duration or 0)) * base))
        except av.FFmpegError:
            damaged = True
        length_s = max(0.0, end - (start or 0.0))
        declared_s = film.length_s or 0.0
        short = length_s < declared_s - SHORT_S
    if (damaged or short) and not allow_partial:
        problem = f"it ends at {time_code(length_s)}" if short else f"its data are damaged within {time_code(length_s)}"
        problem += f" of {time_code(declared_s)}" if short else ""
        raise InputError(str(source), problem, TAKE_PART)
    return length_s


def _pictures(source: Path, stills: Iterable[Still], allow_partial: bool) -> Found:
    counts: Counter[str] = Counter()
    for still in tqdm(stills, f"look into {source.name}", unit="picture", disable=None, leave=False):
        try:
            for _ in frames_of(still):
                counts["read"] += 1
        except InputError:
            if not allow_partial:
                raise
            counts["damaged"] += 1
    if not counts["read"]:
        problem = f"none of its {counts['damaged']} pictures can be read"
        raise InputError(str(source), problem, "Put JPEG, PNG or WebP files there")
    damaged = f", {counts['damaged']} damaged" if counts["damaged"] else ""
    return Found(f"{counts['read']} picture{'s' * (counts['read'] != 1)}{damaged}", "" if source.is_dir() else ".zip")
