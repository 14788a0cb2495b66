"""Clips: the shot of a face, cut from the source into what browsers play."""

import subprocess
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import av

from dramatis.core.errors import InputError
from dramatis.core.ffmpeg import ffmpeg_binary, input_arguments
from dramatis.frames.colours import HLG, PQ
from dramatis.frames.video import open_video

LONGEST_S = 20.0
"""Longest clip; of a longer shot the part about the face is cut [s]."""
SIDE_PX = 960
"""Longest side of a clip."""
WAIT_S = 120
TONE_MAP = "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=hable,zscale=t=bt709:m=bt709:r=tv"


def span(start_s: float, end_s: float, time_s: float) -> tuple[float, float]:
    """Start and end of the clip of a shot, not longer than `LONGEST_S` and with the face's time in it [s]."""
    if end_s - start_s <= LONGEST_S:
        return start_s, end_s
    start = min(max(time_s - LONGEST_S / 2, start_s), end_s - LONGEST_S)
    return start, start + LONGEST_S


def cut_clip(source: Path, start_s: float, end_s: float, out: Path) -> None:
    """Writes a part of a video as MP4 (H.264, AAC) of at most `SIDE_PX`, with its sound; HDR is mapped to SDR.

    Args:
        source: the video.
        start_s, end_s: from the start of the file, as players count it [s].

    Raises:
        InputError: ffmpeg cannot cut it; says why in its words.
    """
    filters = [
        f"scale='min({SIDE_PX},iw)':'min({SIDE_PX},ih)':force_original_aspect_ratio=decrease:force_divisible_by=2"
    ]
    filters += [TONE_MAP] if _is_hdr(source) else []
    part = out.with_suffix(".part.mp4")
    command = [ffmpeg_binary(), "-nostdin", "-v", "error", "-y", "-ss", f"{start_s:.3f}", *input_arguments(source)]
    command += ["-t", f"{max(end_s - start_s, 0.04):.3f}", "-map", "0:V:0", "-map", "0:a:0?", "-sn", "-dn"]
    command += ["-vf", ",".join([*filters, "format=yuv420p"]), "-c:v", "libx264", "-preset", "veryfast", "-crf", "23"]
    command += ["-c:a", "aac", "-ac", "2", "-movflags", "+faststart", f"file:{part}"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=WAIT_S, check=False)
    except subprocess.TimeoutExpired:
        part.unlink(missing_ok=True)
        raise InputError(str(source), f"cutting a clip took longer than {WAIT_S} s", "Look at the frame") from None
    if done.returncode:
        part.unlink(missing_ok=True)
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise InputError(str(source), f"ffmpeg cannot cut a clip of it: {said[-1]}", "Look at the frame")
    part.rename(out)


def _is_hdr(source: Path) -> bool:
    with open_video(source) as video:
        try:
            frame = next(video.container.decode(video.stream), None)
        except av.FFmpegError:
            return False  # ffmpeg says better what is wrong with it
        return frame is not None and frame.color_trc in (PQ, HLG)


class Clips:
    """Clips that were asked for, in a folder of their own that goes with the server."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="dramatis-clips-")
        self._lock = threading.Lock()
        self._files: dict[tuple[Path, float, float], Path] = {}

    def clip(self, source: Path, start_s: float, end_s: float) -> Path:
        """The file of a clip; one is cut at a time.

        Raises:
            InputError: see `cut_clip`.
        """
        key = source, start_s, end_s
        with self._lock:
            if key not in self._files:
                out = Path(self._folder.name) / f"{len(self._files)}.mp4"
                cut_clip(source, start_s, end_s, out)
                self._files[key] = out
            return self._files[key]

    def close(self) -> None:
        """Removes the folder."""
        self._folder.cleanup()
