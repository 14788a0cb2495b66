"""Black bars: letterbox and pillar bars that a whole film has, found from a few of its frames before the pass."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

from dramatis.frames.luma import plane
from dramatis.frames.video import Video, base_of, open_video

BLACK = 0.055
"""Brightness up to which a pixel may belong to a bar [0..1]: black and its coding noise."""
STRAY = 0.02
"""Share of a line of a bar that may be brighter."""
EDGE, EDGE_PX = 0.5, 4
"""In some frame at least this share of a line is bright this close to a bar: a night scene fades into black instead."""
BLUR_PX = 2
"""Lines next to the picture that are not asked whether a frame has something in its bars."""
LEAST = 0.01
"""Share of the side that a bar takes at least."""
LEFT_OVER = 0.25
"""Share of the side that bars leave at least."""
SHORT_S, SHORT_FRAMES = 20.0, 600
"""A film up to this length is looked at from its start, up to so many frames; else one in each of `PLACES` parts."""
PLACES = 48
FEW_KEYS, STEP = 6, 4
"""A short film with fewer key frames than this is looked at every few frames."""


class Area(NamedTuple):
    """The part of a coded picture inside its bars: half-open, as stored [px]; and the size of the whole."""

    left: int
    top: int
    right: int
    bottom: int
    width: int
    height: int


def find_area(source: Path) -> Area | None:
    """The part of a film inside its bars; null if it has none. Damaged places are passed over here."""
    with open_video(source) as film:
        return inside_bars(map(bright, _samples(film)))


def bright(frame: av.VideoFrame) -> NDArray[np.bool_]:
    """True for each pixel that is too bright for a bar, shape (H, W)."""
    luma, black, span = plane(frame)
    return luma > black + BLACK * span


def inside_bars(masks: Iterable[NDArray[np.bool_]]) -> Area | None:
    """The part outside of which no frame is bright, if it ends at a sharp line; null if that is everything.

    No more masks are taken from a film once frames were seen that reach all four sides.

    Args:
        masks: see `bright`; only those of the first one's shape count.
    """
    lines: list[NDArray[np.float64]] = []  # of rows, of columns: the largest bright share in any frame
    shape: tuple[int, ...] = ()
    for mask in masks:
        shape = shape or mask.shape
        if mask.shape != shape:
            continue
        shares = [mask.mean(axis=1), mask.mean(axis=0)]
        lines = [np.maximum(a, b) for a, b in zip(lines, shares)] if lines else shares
        if all(_reaches_both_ends(line) for line in lines):
            return None
    if not lines:
        return None
    (top, bottom), (left, right) = (_span(line) for line in lines)
    height, width = shape
    whole = (top, bottom, left, right) == (0, height, 0, width)
    return None if whole else Area(left, top, right, bottom, width, height)


def shown_area(frame: av.VideoFrame, area: Area | None) -> Area | None:
    """The area, but null for a frame that has another size, or something in the bars: all of it is shown then."""
    if area is None or (area.width, area.height) != (frame.width, frame.height):
        return None
    mask = bright(frame)
    top, left = max(0, area.top - BLUR_PX), max(0, area.left - BLUR_PX)
    bars = mask[:top], mask[area.bottom + BLUR_PX :], mask[:, :left], mask[:, area.right + BLUR_PX :]
    return None if any(bar.size and bar.mean() > STRAY for bar in bars) else area


def _reaches_both_ends(line: NDArray[np.float64]) -> bool:
    narrow = max(1, int(LEAST * len(line)))
    return bool(line[:narrow].max() > STRAY and line[-narrow:].max() > STRAY)


def _span(line: NDArray[np.float64]) -> tuple[int, int]:
    """First line inside the bars and the first after, given the largest bright share of each; all if in doubt."""
    size = len(line)
    inside = np.flatnonzero(line > STRAY)
    if not len(inside):
        return 0, size
    low, high = int(inside[0]), int(inside[-1]) + 1
    low = low + 1 if low >= max(2, LEAST * size) and line[low : low + EDGE_PX].max() >= EDGE else 0
    high = high - 1 if size - high >= max(2, LEAST * size) and line[high - EDGE_PX : high].max() >= EDGE else size
    return (low, high) if high - low >= LEFT_OVER * size else (0, size)


def _samples(film: Video) -> Iterator[av.VideoFrame]:
    """Frames from all over the film: key frames or, of a short film with few of them, also others."""
    if film.length_s and film.length_s > SHORT_S:
        start_s = (film.container.start_time or 0) / av.time_base
        for place in range(PLACES):
            yield from _key_frame(film, start_s + (place + 0.5) / PLACES * film.length_s)
        return
    keys = 0
    for frame in _first(film, "NONKEY"):
        keys += 1
        yield frame
    if keys < FEW_KEYS:
        with open_video(film.source) as again:
            yield from islice(_first(again, "NONREF"), 0, None, STEP)


def _first(film: Video, skipped: Literal["NONREF", "NONKEY"]) -> Iterator[av.VideoFrame]:
    """The first frames but for those skipped, up to a damaged place."""
    film.stream.codec_context.skip_frame = skipped
    try:
        yield from islice(film.container.decode(film.stream), SHORT_FRAMES)
    except av.FFmpegError:
        return


def _key_frame(film: Video, time_s: float) -> list[av.VideoFrame]:
    """The key frame around a time [s], alone: the decoder is drained, so that it does not wait for those after it."""
    decoder = film.stream.codec_context
    try:
        film.container.seek(int(time_s / base_of(film.stream)), stream=film.stream)
        packets = islice(film.container.demux(film.stream), SHORT_FRAMES)
        packet = next(packet for packet in packets if packet.is_keyframe)  # transport streams are entered anywhere
        frames = [*decoder.decode(packet), *decoder.decode(None)]
        decoder.flush_buffers()
    except (av.FFmpegError, StopIteration):
        return []
    return frames[:1]
