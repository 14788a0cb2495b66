"""MD5 of files and folders as DVC computes them, each file read once as long as it stays as it is."""

import hashlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dramatis.state.memory import Memory

IGNORE = ".dvcignore"
ALWAYS = (".hg/", ".git/", ".git", ".dvc/")
LARGE = 256 << 20
"""Bytes of a file above which a bar shows how far its reading is."""


class UnsureError(Exception):
    """Something that only DVC itself can answer."""


class Ignored:
    """What `.dvcignore` in the top folder hides from DVC."""

    def __init__(self, memory: Memory, top: Path = Path()):
        file = top / IGNORE
        rules = memory.of("ignored", file, _rules) if file.is_file() else _patterns(ALWAYS)
        self._rules = [(re.compile(regex), hides, folder_only) for regex, hides, folder_only in reversed(rules)]
        self._known: dict[tuple[str, bool], bool] = {}

    def hides(self, path: str, is_folder: bool) -> bool:
        """True if a path below the top folder, or one of the folders that it is in, is ignored."""
        key = path, is_folder
        if key not in self._known:
            above = path.rpartition("/")[0]
            self._known[key] = bool(above and self.hides(above, True)) or self._matched(path, is_folder)
        return self._known[key]

    def _matched(self, path: str, is_folder: bool) -> bool:
        said = (path, f"{path}/") if is_folder else (path,)
        for regex, hides, folder_only in self._rules:
            if (is_folder or not folder_only) and any(regex.match(each) for each in said):
                return hides
        return False


def _rules(file: Path) -> list[list[Any]]:
    lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    return _patterns([*ALWAYS, *(line for line in lines if line and not line.startswith("#"))])


def _patterns(lines: tuple[str, ...] | list[str]) -> list[list[Any]]:
    """Each as regular expression, whether it hides, and whether it is of folders only."""
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    found = [(*GitIgnoreSpecPattern.pattern_to_regex(line), line.endswith("/")) for line in lines]
    return [[regex, hides, folder_only] for regex, hides, folder_only in found if regex is not None]


class Hashes:
    """MD5 by path, below the top folder or absolute."""

    def __init__(self, memory: Memory, ignored: Ignored):
        self._memory, self._ignored = memory, ignored
        self._known: dict[str, str | None] = {}

    def of(self, path: str) -> str | None:
        """Of a file, or of a folder with `.dir` behind it; None if there is nothing.

        Raises:
            UnsureError: the folder holds something that DVC refuses.
        """
        if path not in self._known:
            place = Path(path)
            self._known[path] = self._folder(path) if place.is_dir() else self.file(place) if place.exists() else None
        return self._known[path]

    def file(self, file: Path) -> str:
        """Of a file's bytes."""
        return self._memory.of("md5", file, _md5)

    def _folder(self, path: str) -> str:
        top, entries = path.rstrip("/"), []
        hides = self._ignored.hides if not os.path.isabs(top) else _nothing
        for root, folders, files in os.walk(top):
            folders[:] = [name for name in folders if not hides(f"{root}/{name}", True)]
            for name in files:
                if name == IGNORE:
                    raise UnsureError(f"{root}/{name}")
                if not hides(f"{root}/{name}", False):
                    file = Path(root, name)
                    if not file.exists():
                        raise UnsureError(str(file))
                    entries.append({"md5": self.file(file), "relpath": f"{root}/{name}"[len(top) + 1 :]})
        entries.sort(key=lambda entry: entry["relpath"])
        said = json.dumps(entries, sort_keys=True).encode()
        return hashlib.md5(said, usedforsecurity=False).hexdigest() + ".dir"


def _nothing(path: str, is_folder: bool) -> bool:
    return False


def _md5(file: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with file.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        show: Callable[[int], object] = _bar(file, size) if size > LARGE else int
        while piece := stream.read(1 << 20):
            digest.update(piece)
            show(len(piece))
    return digest.hexdigest()


def _bar(file: Path, size: int) -> Callable[[int], object]:
    from tqdm import tqdm

    return tqdm(total=size, desc=f"hash {file.name}", unit="B", unit_scale=True, disable=None, leave=False).update
