"""A folder of pictures, any depth, in the order of their paths."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from dramatis.core.errors import InputError
from dramatis.frames.still import Still

LOG = logging.getLogger("frames")
SUFFIXES = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".jp2",
    ".ppm", ".pgm", ".tga", ".heic", ".heif", ".jxl",
)  # fmt: skip
"""Names of picture files; one that cannot be read (HEIC, JPEG XL) is an error rather than passed over."""


def is_picture(file: str) -> bool:
    """True if a path inside a source is called like a picture, and no part of it is hidden or left by an archiver."""
    path = PurePosixPath(file)
    return path.suffix.lower() in SUFFIXES and not any(p.startswith(".") or p == "__MACOSX" for p in path.parts)


def folder_of(file: str) -> str | None:
    """The folder of a path inside a source; null at the top."""
    parent = str(PurePosixPath(file).parent)
    return None if parent == "." else parent


def files_in(source: Path) -> Iterator[str]:
    """Paths of all files under a folder, with `/`; linked folders are entered, but none twice."""
    entered = set()
    for where, folders, names in os.walk(source, followlinks=True):
        real = os.path.realpath(where)
        if real in entered:
            folders.clear()
        else:
            entered.add(real)
            yield from (Path(where, name).relative_to(source).as_posix() for name in names)


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
        Still(str(source / file), _text(file), folder_of(_text(file)), (source / file).read_bytes) for file in found
    ]


def _text(file: str) -> str:
    """A path as text that can be stored, even if the disk has other bytes than UTF-8 in its name."""
    return os.fsencode(file).decode(errors="replace")


def _remedy(files: list[str]) -> str:
    other = next((file for file in files if file.lower().endswith((".zip", ".mkv", ".mp4", ".tar"))), None)
    return f"Name the file in it as `source`, such as {other}" if other else "Put JPEG, PNG or WebP files there"
