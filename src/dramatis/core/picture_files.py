"""Picture files in a folder of any depth: which they are, and how their paths are told."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from dramatis.core.errors import InputError
from dramatis.core.sizes import check_size

MOST_BYTES = 512 << 20
"""A larger picture file is refused before it is read [bytes]."""
SUFFIXES = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".jp2",
    ".ppm", ".pgm", ".tga", ".heic", ".heif", ".jxl",
)  # fmt: skip
"""Names of picture files; one that cannot be read (HEIC, JPEG XL) is an error rather than passed over."""


def is_picture(file: str) -> bool:
    """True if a path inside a source is called like a picture, and no part of it is hidden or left by an archiver."""
    path = PurePosixPath(file)
    return path.suffix.lower() in SUFFIXES and not any(p.startswith(".") or p == "__MACOSX" for p in path.parts)


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


def picture_bytes(file: Path) -> bytes:
    """The bytes of a picture file.

    Raises:
        InputError: it is no regular file (a pipe would wait for ever, a device never end), or larger than `MOST_BYTES`.
        OSError: it cannot be read.
    """
    check_size(file, MOST_BYTES, "Take it away, or put a picture there", "Take it away, or make it smaller", InputError)
    return file.read_bytes()


def as_text(file: str) -> str:
    """A path as text that can be stored, even if the disk has other bytes than UTF-8 in its name."""
    return os.fsencode(file).decode(errors="replace")
