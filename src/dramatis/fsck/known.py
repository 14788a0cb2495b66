"""All that was read, together: where a sound copy of an object is, and which files a folder has."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from dramatis.fsck.digests import digest_of
from dramatis.fsck.objects import Held
from dramatis.fsck.outs import FOLDER, Out, parse_list
from dramatis.fsck.report import WORKSPACE
from dramatis.fsck.workspace import Work


@dataclass
class Known:
    """What the workspace and every store hold.

    Attributes:
        top: the project's top folder.
        work: the workspace.
        helds: the stores, the cache first.
        errors: what their clients throw.
        seen: files of folders that were read already, by name of object.
    """

    top: Path
    work: Work
    helds: list[Held]
    errors: tuple[type[Exception], ...]
    seen: dict[str, Mapping[str, str] | None] = field(default_factory=dict)

    def files_of(self, oid: str) -> Mapping[str, str] | None:
        """Digests of the files of a folder by path in it; None if nobody has a sound list."""
        if oid not in self.seen:
            held = next((held for held in self.helds if held.sound(oid)), None)
            data = self.work.lists.get(oid) or (held.store.read(oid) if held else None)
            self.seen[oid] = None if data is None else parse_list(data)
        return self.seen[oid]

    def lists(self) -> dict[str, Mapping[str, str]]:
        """Files of every folder that anybody has a sound list of."""
        folders = dict.fromkeys(self.work.lists)
        for held in self.helds:
            folders.update(dict.fromkeys(held.folders()))
        return {oid: files for oid in folders if (files := self.files_of(oid)) is not None}

    def objects_of(self, out: Out) -> list[str]:
        """Names of all objects that an output needs, as far as known."""
        return list(dict.fromkeys([out.oid, *((self.files_of(out.oid) or {}).values() if out.folder else ())]))

    def copies(self, oid: str, but: str) -> Iterator[tuple[str, Callable[[Path], object]]]:
        """Who has a copy that was sound when it was read, nearest first, and how to copy it to a file.

        Args:
            oid: name of the object.
            but: store that is to get it.
        """
        if oid in self.work.lists:
            yield WORKSPACE, partial(Path.write_bytes, data=self.work.lists[oid])
        for path in self.work.files().get(oid, ()) if but != WORKSPACE else ():
            yield WORKSPACE, partial(shutil.copyfile, self.top / path)
        for held in self.helds:
            if held.store.name != but and held.sound(oid):
                yield held.store.name, partial(held.store.fetch, oid)

    def bring(self, oid: str, kind: str, to: Path, but: str) -> str | None:
        """Copies an object to a file and reads it there.

        Args:
            oid: name of the object.
            kind: of its digest.
            to: file to write; what is there after None is of no use.
            but: store that is to get it.

        Returns:
            Who had it; None if nobody had a copy that is sound.
        """
        gone: tuple[type[Exception], ...] = (FileNotFoundError, *self.errors)
        for name, copy in self.copies(oid, but):
            try:
                copy(to)
            except gone:
                continue
            with to.open("rb") as file:
                if digest_of(file, kind, lambda size: None) == oid.removesuffix(FOLDER):
                    return name
        return None
