"""Frames and subtitles as a film that browsers play."""

import re
import struct
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import ffmpeg

from dramatis.core.errors import InputError
from dramatis.core.ffmpeg import PROTOCOLS, ffmpeg_binary, input_name
from dramatis.core.images import Image
from dramatis.core.pipes import opened

FPS = 24


class Subtitle(NamedTuple):
    """Lines, and the frames in which they are read, half-open."""

    start: int
    end: int
    lines: Sequence[str]


def srt(subtitles: Iterable[Subtitle]) -> str:
    """Subtitles as SubRip. A word joiner stands where a `<` or `{` would begin a style."""
    parts = []
    for number, one in enumerate(subtitles, 1):
        text = "\n".join(re.sub(r"([<{\\])", "\\1\u2060", line) for line in one.lines)
        parts.append(f"{number}\n{_time(one.start)} --> {_time(one.end)}\n{text}\n")
    return "\n".join(parts)


def _time(frame: int) -> str:
    ms = round(frame * 1000 / FPS)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d},{ms % 1000:03d}"


def encode(frames: Iterable[Image], size: tuple[int, int], subtitles: Path | None, crf: int, file: Path) -> None:
    """Writes H.264 in BT.709 at 24 frames a second; one thread and no times, so that equal frames give equal bytes.

    Args:
        frames: RGB, all of one size.
        size: width and height, even [px].
        subtitles: SubRip file that becomes a track of its own; None adds none.
        crf: loss.
        file: to write.

    Raises:
        MissingError: there is no ffmpeg.
        InputError: it failed; says what it said.
    """
    colours = {"colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709", "color_range": "tv"}
    streams = [
        ffmpeg.input("pipe:", format="rawvideo", pix_fmt="rgb24", s=f"{size[0]}x{size[1]}", r=FPS).filter(
            "scale", out_color_matrix="bt709", out_range="tv", flags="accurate_rnd+bitexact"
        )
    ]
    if subtitles:
        streams.append(ffmpeg.input(input_name(subtitles), format="srt", protocol_whitelist=PROTOCOLS)["s"])
    command = ffmpeg.output(
        *streams,
        str(file),
        format="mp4",
        vcodec="libx264",
        pix_fmt="yuv420p",
        crf=crf,
        preset="fast",
        threads=1,
        g=FPS * 2,
        map_metadata=-1,
        fflags="+bitexact",
        movflags="+faststart",
        **({"scodec": "mov_text"} if subtitles else {}),
        **{"flags:v": "+bitexact"},
        **colours,
    ).compile(cmd=ffmpeg_binary(), overwrite_output=True)
    with subprocess.Popen([*command, "-loglevel", "error"], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        with suppress(BrokenPipeError):  # it has ended early, and says below why
            for frame in frames:
                opened(process.stdin).write(frame.tobytes())
            opened(process.stdin).close()
        said = opened(process.stderr).read().decode(errors="replace").strip().splitlines() or ["it said nothing"]
    if process.returncode:
        problem = f"ffmpeg failed: {said[-1]}"
        raise InputError(file.name, problem, "Check free disk space, and that `ffmpeg -encoders` has libx264")
    if subtitles:
        file.write_bytes(asked_for(file.read_bytes()))


def asked_for(film: bytes) -> bytes:
    """The film with its subtitles off until somebody asks for them: ffmpeg always enables the first track of a kind.

    Clears bit 0 of the flags in the track header of tracks whose handler is `sbtl` (ISO/IEC 14496-12, 8.3.2, 8.4.3).
    """
    made = bytearray(film)
    for kind, start, end in _boxes(film, 0, len(film)):
        for inner, first, last in _boxes(film, start, end) if kind == b"moov" else ():
            parts = {name: at for name, at, _ in _boxes(film, first, last)} if inner == b"trak" else {}
            media = _boxes(film, parts[b"mdia"], last) if b"mdia" in parts else ()
            handler = next((at for name, at, _ in media if name == b"hdlr"), None)
            if handler is not None and film[handler + 8 : handler + 12] == b"sbtl":
                made[parts[b"tkhd"] + 3] &= 0xFE
    return bytes(made)


def _boxes(film: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Boxes of an MP4 from one place to another: name, and where the content begins and ends."""
    while start + 8 <= end:
        size, name = struct.unpack_from(">I4s", film, start)
        head = 16 if size == 1 else 8
        size = struct.unpack_from(">Q", film, start + 8)[0] if size == 1 else size or end - start
        yield name, start + head, min(start + size, end)
        start += max(size, head)
