"""ffmpeg, as a program and as a library: where the program is, and what either may open.

Some formats are lists of other files and addresses, and ffmpeg opens what they name. So a name is always given as a
file, no other protocol is allowed, and only formats are read that hold their pictures themselves.
"""

import shutil
from pathlib import Path

from dramatis.core.errors import MissingError

PROTOCOLS = "file"
"""Protocols that may be opened, also by a format that names something else."""
FORMATS = (
    "mov", "mp4", "3gp", "matroska", "webm", "avi", "flv", "asf", "ogg", "nut", "rm", "mxf", "gxf", "wtv", "dv", "nsv",
    "mpeg", "mpegts", "mpegvideo", "m4v", "h261", "h263", "h264", "hevc", "vvc", "av1", "obu", "ivf", "vc1", "dirac",
    "cavsvideo", "mjpeg", "yuv4mpegpipe", "gif", "apng",
)  # fmt: skip
"""Formats that are read, as ffmpeg calls them: containers of films, bare streams of video, and moving pictures.

Left out are playlists (hls, dash, concat, imf, sdp and the like), numbered pictures (image2 takes `%d` in a name for a
pattern), devices, text drawn as film (tty), and the formats of old games.
"""
MOST_PX = 8192 * 8192
"""Most pixels of a coded picture: more than any film has; ffmpeg itself would allow 2 billion."""


def input_options() -> dict[str, str]:
    """Options of everything that is opened to be read, for PyAV and (with a dash in front) for the program."""
    return {"protocol_whitelist": PROTOCOLS, "format_whitelist": ",".join(FORMATS), "max_pixels": str(MOST_PX)}


def input_name(file: Path) -> str:
    """A file as ffmpeg takes it for a file, whatever its name has in it: `-`, `:`, `%`, a line break."""
    return f"file:{file}"


def input_arguments(file: Path) -> list[str]:
    """Arguments of the program that open a file: to be given as a list, never through a shell."""
    options = [word for name, value in input_options().items() for word in (f"-{name}", value)]
    return [*options, "-i", input_name(file)]


def ffmpeg_binary() -> str:
    """Path of the ffmpeg program, for `ffmpeg.run(..., cmd=ffmpeg_binary())`.

    Raises:
        MissingError: there is none on PATH, and imageio-ffmpeg has none for this machine.
    """
    found = shutil.which("ffmpeg")
    if found:
        return found
    import imageio_ffmpeg  # only where PATH has none

    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:
        problem = "neither PATH nor imageio-ffmpeg has this program"
        raise MissingError("ffmpeg", problem, "Install it, as by `apt install ffmpeg`") from None
