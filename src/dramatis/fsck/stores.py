"""Places where DVC keeps objects by their digest: the cache and remotes of any kind."""

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dvc_data.hashfile.db import HashFileDB, get_index

from dramatis.fsck.digests import Tick, digest_of

NAME = re.compile(r"(?P<head>[0-9a-f]{2})/(?P<rest>[0-9a-f]{30}(?:\.dir)?)")
ASIDE = "corrupt"
"""Folder of a store into which what nobody can repair is moved."""


@dataclass(frozen=True)
class Store:
    """One of them.

    Attributes:
        name: `cache` or `remote <name>`.
        remote: the name that DVC knows it by; None for a cache.
        odb: DVC's own access to it.
        top: its top folder, as its file system writes it.
    """

    name: str
    remote: str | None
    odb: HashFileDB
    top: str

    @property
    def local(self) -> bool:
        """It is a folder of this machine."""
        return self.odb.fs.protocol == "local"

    @property
    def listable(self) -> bool:
        """It can say what it holds; plain HTTP cannot."""
        return bool(self.odb.fs.CAN_TRAVERSE)

    @property
    def writable(self) -> bool:
        """DVC can write to it and take away from it; not so by plain HTTP."""
        return self.odb.fs.protocol not in ("http", "https")

    def place(self, oid: str) -> str:
        """File or address of an object."""
        return self.shown(self.odb.oid_to_path(oid))

    def shown(self, path: str) -> str:
        """A path in it as a person finds it again."""
        if not self.local:
            return self.odb.fs.unstrip_protocol(path)
        here = Path.cwd()
        return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path

    def objects(self) -> tuple[dict[str, int | None], list[str]]:
        """Names and sizes [bytes] of what it holds, sorted, and files that have no object's name."""
        found: dict[str, int | None] = {}
        strays = []
        for path, size in self._files():
            name = path[len(self.odb.path) :].strip("/")
            if match := NAME.fullmatch(name):
                found[match["head"] + match["rest"]] = size
            elif re.match(r"[0-9a-f]{2}/", name):
                strays.append(path)
        return dict(sorted(found.items())), sorted(strays)

    def _files(self) -> Iterator[tuple[str, int | None]]:
        if self.local:
            for folder in sorted(Path(self.odb.path).glob("[0-9a-f][0-9a-f]")):
                with os.scandir(folder) as entries:
                    yield from ((entry.path, entry.stat().st_size) for entry in entries if entry.is_file())
        elif self.odb.fs.exists(self.odb.path):
            files = self.odb.fs.fs.find(self.odb.path, detail=True)
            yield from ((path, info.get("size")) for path, info in files.items())

    def digest(self, oid: str, tick: Tick = lambda size: None) -> str:
        """What an object's bytes say its name is, without `.dir`."""
        with self.odb.fs.open(self.odb.oid_to_path(oid), "rb") as file:
            return digest_of(file, self.odb.hash_name, tick)

    def read(self, oid: str) -> bytes:
        """All bytes of an object, for lists of folders."""
        with self.odb.fs.open(self.odb.oid_to_path(oid), "rb") as file:
            return file.read()

    def fetch(self, oid: str, to: Path) -> None:
        """Copies an object to a file of this machine."""
        self.odb.fs.get_file(self.odb.oid_to_path(oid), os.fspath(to))

    def put(self, oid: str, file: Path) -> None:
        """Writes an object, over what is there, so that nobody ever finds half of it; read-only in a cache."""
        fs, path = self.odb.fs, self.odb.oid_to_path(oid)
        if fs.protocol == "ssh":  # whose client writes to the last name at once, and cannot rename over a file
            beside = f"{path}.{uuid.uuid4().hex}.tmp"
            fs.put_file(os.fspath(file), beside)
            if fs.exists(path):
                fs.remove(path)
            fs.mv(beside, path)
        else:
            fs.makedirs(fs.parent(path), exist_ok=True)
            fs.put_file(os.fspath(file), path)
        self.odb.protect(path)

    def set_aside(self, oid: str) -> str:
        """Moves an object out of the way, and says where to."""
        fs = self.odb.fs
        to = fs.join(self.top, ASIDE, oid)
        fs.makedirs(fs.parent(to), exist_ok=True)
        if fs.exists(to):
            fs.remove(to)
        fs.mv(self.odb.oid_to_path(oid), to)
        return self.shown(to)

    def forget(self) -> None:
        """Makes DVC look again what a remote holds, instead of what it remembers."""
        with get_index_of(self.odb) as index:
            index.clear()


@contextmanager
def get_index_of(odb: HashFileDB) -> Iterator[Any]:
    """DVC's memory of what a remote holds."""
    index = get_index(odb)
    try:
        yield index
    finally:
        index.close()
