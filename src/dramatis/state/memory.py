"""Small values made of files, remembered while the files stay as they were."""

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

FILE = Path("work/state.json")
VERSION = 1
SETTLED_NS = 2_000_000_000
"""A file that changed less than this ago may change again within the same tick of the clock: it is not remembered."""


class Memory:
    """A file of values by name, each with the key under which it holds.

    What was not asked for since it was read is forgotten when it is saved. A file that cannot be read or written only
    costs time.
    """

    def __init__(self, file: Path = FILE):
        self.file = file
        self._old = _read(file)
        self._new: dict[str, list[Any]] = {}

    def remember(self, name: str, key: Any, make: Callable[[], Any]) -> Any:
        """What `make` gives, a JSON value; made anew when the key, a JSON value too, is another than last time."""
        known = self._new.get(name) or self._old.get(name)
        if known is None or known[0] != key:
            known = [key, make()]
        self._new[name] = known
        return known[1]

    def of(self, kind: str, file: Path, make: Callable[[Path], Any]) -> Any:
        """What `make` gives for a file, made anew when the file is another or has changed."""
        about = file.stat()
        if time.time_ns() - max(about.st_mtime_ns, about.st_ctime_ns) < SETTLED_NS:
            return make(file)
        key = [about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns]
        return self.remember(f"{kind} {file}", key, lambda: make(file))

    def last(self, name: str) -> list[Any] | None:
        """Key and value under a name as they were read."""
        return self._old.get(name)

    def save(self) -> None:
        """Writes the file, if anything in it is new."""
        if self._new == self._old:
            return
        scratch = self.file.with_name(f".{self.file.name}.{os.getpid()}.part")
        with suppress(OSError):
            self.file.parent.mkdir(exist_ok=True)
            scratch.write_text(json.dumps({"version": VERSION, "values": self._new}))
            scratch.replace(self.file)


def _read(file: Path) -> dict[str, list[Any]]:
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict) or found.get("version") != VERSION or not isinstance(found.get("values"), dict):
        return {}
    return {name: known for name, known in found["values"].items() if isinstance(known, list) and len(known) == 2}
