"""DVC's cache on this machine: whether it holds what a lock names."""

import json
import stat
from pathlib import Path

from dramatis.state.hashes import Hashes
from dramatis.state.settings import DVC, setting_files, settings_in

READ_ONLY = 0o444
"""Mode of an object that DVC trusts without reading it."""


def cache_folder(dvc: Path = DVC) -> Path:
    """Where the cache lies: what the configuration of the project or of the person says, else `.dvc/cache`.

    Raises:
        UnsureError: a configuration cannot be read.
    """
    found = dvc / "cache"
    for file in setting_files(dvc):
        said = settings_in(file).get("cache", {}).get("dir")
        found = file.parent / said if said else found
    return found


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
