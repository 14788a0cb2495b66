"""How much of a file is read: what is larger, or no file at all, is refused before it is opened."""

import stat
from pathlib import Path

from dramatis.core.errors import InputError, ParameterError


def check_size(file: Path, most: int, put: str, smaller: str, error: type[InputError | ParameterError]) -> None:
    """Refuses what would never end, or fill the memory.

    Args:
        most: size that is read [bytes].
        put, smaller: what to do about something that is no file, and about one that is too large.
        error: kind of the error that is raised.

    Raises:
        InputError, ParameterError: it is no regular file (a pipe would wait, a device never end), or too large.
        OSError: it is not there.
    """
    about = file.stat()
    if not stat.S_ISREG(about.st_mode):
        raise error(str(file), "it is no regular file", put)
    if about.st_size > most:
        raise error(str(file), f"it has {about.st_size >> 20} MiB, and at most {most >> 20} are read", smaller)
