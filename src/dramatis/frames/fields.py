"""Interlaced video: the two fields of a frame, taken at two times, become one whole picture."""

from collections.abc import Iterable, Iterator

import av
import av.filter

from dramatis.frames.params import Deinterlace

Frames = Iterable[av.VideoFrame | None]
MATCHED = ("yuv411p", "yuv420p", "yuv422p", "yuv444p")
"""Formats in which fields can be matched; in others they are only interpolated."""
COMBED = "combmatch=full:combpel=40"
"""Every match is checked for combs; 40 combed pixels in a block of 16 by 16 make a frame combed (ffmpeg's default, 80,
leaves some; 20 takes the thin lines of drawings for combs)."""
SMALLEST_PX = 16


def whole_pictures(frames: Frames, mode: Deinterlace) -> Iterator[av.VideoFrame | None]:
    """The frames without combs, one for one, with their times; what is not a frame passes.

    First each field is joined with the one before or after it that fits best: this undoes 3:2 pull-down of film (which
    leaves a frame in five twice) and repairs progressive video that is only labelled interlaced. What still shows combs
    was filmed interlaced: of it the first field is kept, and its missing lines are interpolated from the lines and
    fields around them. Source: ffmpeg's filters fieldmatch (after Tritical's TFM) and bwdif (after yadif and w3fdif).

    Args:
        mode: auto works from the first frame on that the stream calls interlaced; always, from the start.
    """
    graph = kind = None
    for frame in frames:
        if frame is None:
            yield None
            continue
        if graph is not None and _kind(frame) != kind:
            yield from _through(graph, None)
            graph = None
        wanted = mode == "always" or (mode == "auto" and frame.interlaced_frame)
        if graph is None and wanted and min(frame.width, frame.height) >= SMALLEST_PX:
            graph, kind = _graph(frame, mode), _kind(frame)
        if graph is None:
            yield frame
        else:
            yield from _through(graph, frame)
    if graph is not None:
        yield from _through(graph, None)


def _kind(frame: av.VideoFrame) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name


def _graph(frame: av.VideoFrame, mode: Deinterlace) -> av.filter.Graph:
    graph = av.filter.Graph()
    source = graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base)
    match = [graph.add("fieldmatch", COMBED)] if frame.format.name in MATCHED else []
    which = "interlaced" if match or mode == "auto" else "all"
    weave = graph.add("bwdif", f"mode=send_frame:deint={which}")
    graph.link_nodes(source, *match, weave, graph.add("buffersink")).configure()
    return graph


def _through(graph: av.filter.Graph, frame: av.VideoFrame | None) -> Iterator[av.VideoFrame]:
    """What comes out when a frame goes in; the rest at the end, if it is null."""
    graph.vpush(frame)
    while True:
        try:
            yield graph.vpull()
        except (av.BlockingIOError, av.EOFError):  # it needs more, or has given everything
            return
