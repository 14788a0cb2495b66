"""Reading a video: one pass over its pictures, in order, with the times that a player shows."""

import logging
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from dramatis.core.errors import InputError, MissingError
from dramatis.core.ffmpeg import MOST_PX, input_name, input_options
from dramatis.frames.fields import whole_pictures
from dramatis.frames.luma import Thumb, thumbnail
from dramatis.frames.params import Deinterlace

LOG = logging.getLogger("frames")
SHORT_S = 0.5
"""How much earlier than its header says a video may end [s]: rounding and a last frame of unknown length."""
WAIT_S = 120
"""Longest time that ffmpeg may take to open a file, or to read one packet of it [s]."""
USE_WHOLE = "Use a whole video file, such as MP4, Matroska or WebM; one that only names other files is not read"
TAKE_PART = "Get a whole copy of it, or set frames.allow_partial: true to take what can be decoded"


@dataclass(frozen=True)
class Picture:
    """A decoded frame before anything of it is converted.

    Attributes:
        index: number of the decoded frame, from 0.
        time_s: presentation time from the start of the file, as players count it [s].
        duration_s: how long it is shown [s].
        key: true for a key frame of the coded stream.
        thumb: its brightness, reduced.
        frame: the frame as decoded, or deinterlaced.
    """

    index: int
    time_s: float
    duration_s: float
    key: bool
    thumb: Thumb
    frame: av.VideoFrame


@dataclass(frozen=True)
class Video:
    """An open video.

    Attributes:
        source: the file.
        stream: its best video stream.
        frames: frames that the header declares; null if it does not say.
        length_s: length of the video stream that the header declares [s]; null if it does not say.
    """

    source: Path
    container: InputContainer
    stream: VideoStream
    frames: int | None
    length_s: float | None


def time_code(seconds: float) -> str:
    """`HH:MM:SS.mmm`."""
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


@contextmanager
def open_video(source: Path) -> Iterator[Video]:
    """A video file, open for one pass; nothing but this file is read, see `core.ffmpeg`.

    Raises:
        MissingError: there is no such file.
        InputError: it is no video, or of a format that is not read, or holds no moving pictures.
    """
    _check_file(source)
    av.logging.set_level(None)  # ffmpeg would write to stderr from its own threads; what matters is raised here
    try:
        container = av.open(
            input_name(source), metadata_errors="replace", options=input_options(), timeout=(WAIT_S, WAIT_S)
        )
    except (av.FFmpegError, MemoryError) as error:
        said = getattr(error, "strerror", "its header asks for more memory than there is")
        raise InputError(str(source), f"ffmpeg cannot read it ({said})", USE_WHOLE) from None
    with container:
        streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
        if not streams:
            raise InputError(str(source), "it holds no video stream", "Use a file with moving pictures")
        best = container.streams.best("video")
        stream = best if best in streams else streams[0]
        if stream.codec_context is None:
            raise InputError(str(source), "ffmpeg knows no decoder for its pictures", "Convert it to H.264 first")
        if stream.width * stream.height > MOST_PX:
            problem = f"it is {stream.width}×{stream.height} px, and at most {MOST_PX // 1_000_000} million are read"
            raise InputError(str(source), problem, "Make it smaller")
        stream.codec_context.options = {"max_pixels": str(MOST_PX)}  # a later picture may claim another size
        stream.thread_type = "AUTO"
        yield Video(source, container, stream, stream.frames or None, _length(container, stream))


def read_pictures(
    video: Video, allow_partial: bool, deinterlace: Deinterlace = "auto"
) -> Generator[Picture, None, None]:
    """The pictures of a video in order of presentation; none of them is kept here.

    Args:
        allow_partial: pass over what cannot be decoded, and log it, instead of failing.
        deinterlace: see `fields.whole_pictures`.

    Raises:
        InputError: data that cannot be decoded (with the time code), a video that ends early, or no frame at all.
    """
    clock, index, damage = _Clock(video), 0, ""
    for frame in whole_pictures(_decode(video), deinterlace):
        if frame is None or frame.is_corrupt:
            damage = damage or f"it cannot be decoded after {time_code(clock.end_s)}"
            if not allow_partial:
                raise InputError(str(video.source), damage, TAKE_PART)
        if frame is not None:
            time_s, duration_s = clock.times(frame)
            yield Picture(index, time_s, duration_s, bool(frame.key_frame), thumbnail(frame), frame)
            index += 1
    if not index:
        raise InputError(str(video.source), "it holds no frame that can be decoded", "Use another copy of it")
    if video.length_s and clock.end_s - clock.first_s < video.length_s - SHORT_S:
        damage = damage or f"it ends at {time_code(clock.end_s)} of {time_code(video.length_s)}"
    if damage and not allow_partial:
        raise InputError(str(video.source), damage, TAKE_PART)
    if damage:
        LOG.warning("%s: %s; %d frames taken", video.source, damage, index)


def _check_file(source: Path) -> None:
    if source.is_dir():
        raise InputError(str(source), "it is a folder", "Name a video file under `videos`")
    if not source.is_file():
        raise MissingError(str(source), "there is no such file", "Put the video there, or mend its entry in `videos`")
    if not source.stat().st_size:
        raise InputError(str(source), "it is empty (0 bytes)", "Get a whole copy of it")


def base_of(stream: VideoStream) -> Fraction:
    """Unit of a stream's times [s]; one that declares none counts in that of the library."""
    return stream.time_base or Fraction(1, av.time_base)


def _length(container: InputContainer, stream: VideoStream) -> float | None:
    """Declared length of the video stream [s]; that of the container only if nothing else could fill it."""
    if stream.duration:
        return float(stream.duration * base_of(stream))
    if len(container.streams) == 1 and container.duration:
        return float(Fraction(container.duration, av.time_base))
    hours, _, rest = stream.metadata.get("DURATION", "").partition(":")  # Matroska's statistics
    minutes, _, seconds = rest.partition(":")
    try:
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    except ValueError:
        return None


def _decode(video: Video) -> Iterator[av.VideoFrame | None]:
    """Frames as they come, and None wherever a packet could not be read or decoded."""
    try:
        for packet in video.container.demux(video.stream):
            if packet.is_corrupt:
                yield None
            try:
                frames = packet.decode()
            except av.FFmpegError:
                yield None
            else:
                yield from frames
    except av.FFmpegError:  # the file itself ends in the middle of something
        yield None


class _Clock:
    """Times of frames: from the start of the file, never backwards, and guessed where the stream has none."""

    def __init__(self, video: Video):
        rate = video.stream.average_rate or video.stream.guessed_rate or Fraction(25)
        self.base, self.step_s = base_of(video.stream), float(1 / rate)
        self.start = Fraction(video.container.start_time or 0, av.time_base)
        self.first_s: float = 0
        self.end_s: float = 0
        self.last_s: float | None = None

    def times(self, frame: av.VideoFrame) -> tuple[float, float]:
        """Time and duration of the next frame [s]."""
        base = frame.time_base or self.base  # deinterlaced frames have their own
        over, under = base.numerator, base.denominator  # of whole numbers: fractions would cost ten times as much
        duration_s = frame.duration * over / under if frame.duration else self.step_s
        if frame.pts is None:
            time_s = self.end_s
        else:
            zero = self.start.numerator * under
            time_s = round((frame.pts * over * self.start.denominator - zero) / (under * self.start.denominator), 6)
        if self.last_s is None:
            self.first_s = time_s = max(0.0, time_s)  # in this order, or -0.0 stays
        else:
            time_s = max(time_s, self.last_s)
        self.last_s, self.end_s = time_s, time_s + duration_s
        return time_s, duration_s
