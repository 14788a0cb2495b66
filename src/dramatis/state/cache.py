"""DVC's cache on this machine: whether it holds what a lock names."""

import json
import os
import stat
from configparser import Error, RawConfigParser
from pathlib import Path

from dramatis.state.hashes import Hashes, UnsureError

DVC = Path(".dvc")
READ_ONLY = 0o444
"""Mode of an object that DVC trusts without reading it."""


def cache_folder(dvc: Path = DVC) -> Path:
    """Where the cache lies: what the configuration of the project or of the person says, else `.dvc/cache`.

    Raises:
        UnsureError: a configuration cannot be read.
    """
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    places = [
        Path(os.environ.get("DVC_SYSTEM_CONFIG_DIR", "/etc/xdg/dvc")),
        Path(os.environ.get("DVC_GLOBAL_CONFIG_DIR", home / "dvc")),
    ]
    found = dvc / "cache"
    for file in (*(place / "config" for place in places), dvc / "config", dvc / "config.local"):
        if file.is_file():
            said = _said(file)
            found = file.parent / said if said else found
    return found


def _said(file: Path) -> str | None:
    parser = RawConfigParser(strict=False, inline_comment_prefixes=("#",))
    try:
        parser.read_string(file.read_text("utf-8"))
    except (Error, UnicodeDecodeError):
        raise UnsureError(str(file)) from None
    said = parser.get("cache", "dir", fallback=None)
    return said.strip("'\"") if said else None


class Cache:
    """The objects by their MD5."""

    def __init__(self, folder: Path, hashes: Hashes):
        self._folder, self._hashes = folder / "files" / "md5", hashes

    def holds(self, md5: str) -> bool:
        """True if the object is there, and of a folder every file of it; those that are writable are read."""
        place = self._place(md5)
        if not md5.endswith(".dir"):
            return self._sound(place, md5)
        try:
            entries = json.loads(place.read_bytes())
        except (OSError, ValueError):
            return False
        inside = (entry["md5"] for entry in entries)
        return self._sound(place, md5.removesuffix(".dir")) and all(
            self._sound(self._place(one), one) for one in inside
        )

    def _place(self, md5: str) -> Path:
        return self._folder / md5[:2] / md5[2:]

    def _sound(self, place: Path, md5: str) -> bool:
        try:
            mode = stat.S_IMODE(place.stat().st_mode)
        except OSError:
            return False
        return mode == READ_ONLY or self._hashes.file(place) == md5
