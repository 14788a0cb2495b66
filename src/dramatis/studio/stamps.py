"""Whether files are as they were when a page read them."""

from collections.abc import Iterable
from pathlib import Path

Stamps = tuple[tuple[str, int, int], ...]


def stamps_of(files: Iterable[Path]) -> Stamps:
    """Name, time of change [ns] and size [bytes] of each file that is there."""
    found = []
    for file in files:
        try:
            about = file.stat()
        except OSError:
            continue
        found.append((str(file), about.st_mtime_ns, about.st_size))
    return tuple(found)
