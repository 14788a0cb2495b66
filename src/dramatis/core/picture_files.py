"""Picture files in a folder of any depth: which they are, and how their paths are told."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

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


def as_text(file: str) -> str:
    """A path as text that can be stored, even if the disk has other bytes than UTF-8 in its name."""
    return os.fsencode(file).decode(errors="replace")
