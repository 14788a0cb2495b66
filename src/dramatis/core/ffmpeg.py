"""Where the ffmpeg program is: the one on PATH, else the one that comes with imageio-ffmpeg."""

import shutil

from dramatis.core.errors import MissingError


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
        raise MissingError(
            "ffmpeg", "neither PATH nor imageio-ffmpeg has this program", "Install ffmpeg, or run `make` again"
        ) from None
