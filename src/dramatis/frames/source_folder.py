"""A folder of pictures, any depth, in the order of their paths."""

import logging
from functools import partial
from pathlib import Path, PurePosixPath

from dramatis.core.errors import InputError
from dramatis.core.picture_files import as_text, files_in, is_picture, picture_bytes
from dramatis.core.stills import Still

LOG = logging.getLogger("frames")


def folder_of(file: str) -> str | None:
    """The folder of a path inside a source; null at the top."""
    parent = str(PurePosixPath(file).parent)
    return None if parent == "." else parent


def stills(source: Path) -> list[Still]:
    """The pictures in a folder, by path.

    Raises:
        InputError: there is none.
    """
    files = sorted(files_in(source))
    found = [file for file in files if is_picture(file)]
    if not found:
        raise InputError(str(source), "this folder holds no picture", _remedy(files))
    if len(files) > len(found):
        LOG.info("%s: %d of %d files are no pictures by their names", source, len(files) - len(found), len(files))
    return [
        Still(str(source / file), as_text(file), folder_of(as_text(file)), partial(picture_bytes, source / file))
        for file in found
    ]


def _remedy(files: list[str]) -> str:
    other = next((file for file in files if file.lower().endswith((".zip", ".mkv", ".mp4", ".tar"))), None)
    return f"Name the file in it as `source`, such as {other}" if other else "Put JPEG, PNG or WebP files there"
