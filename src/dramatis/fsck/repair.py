"""Puts right what can be: every copy is read again before it counts."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dramatis.fsck.known import Known
from dramatis.fsck.objects import Held, in_one_line
from dramatis.fsck.outs import FOLDER
from dramatis.fsck.report import CACHE, WORKSPACE, Finding

KEPT = Path("work/fsck")
"""Where files of the workspace are moved that nobody else has."""
MEND = "mend that, then run this again"
"""What is to do about what cannot be read."""


@dataclass
class Repair:
    """Repairs one finding after the other; the cache before the rest, so that they can take from it.

    Attributes:
        known: all that was read; kept up to date.
        scratch: folder for what is on its way, beside the cache.
    """

    known: Known
    scratch: Path

    def all(self, findings: list[Finding]) -> list[Finding]:
        """The findings with what became of them, in their order."""
        done: dict[int, Finding] = {}
        self.scratch.mkdir(parents=True, exist_ok=True)
        order = sorted(range(len(findings)), key=lambda place: _turn(findings[place]))
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
            for place in order:
                done[place] = self.one(findings[place], Path(folder) / "copy")
        return [done[place] for place in range(len(findings))]

    def one(self, finding: Finding, file: Path) -> Finding:
        """One finding, and what became of it.

        Args:
            finding: what is wrong.
            file: scratch.
        """
        file.unlink(missing_ok=True)
        if finding.store == WORKSPACE:
            return self._workspace(finding, file)
        held = next(held for held in self.known.helds if held.store.name == finding.store)
        if finding.problem == "unreadable":
            return finding.left(MEND)
        if not held.store.writable:
            return finding.left("this remote can only be read: repair it where it is written")
        try:
            return self._store(held, finding, file)
        except self.known.errors as error:
            return finding.left(f"could not be repaired ({in_one_line(error)})")

    def _store(self, held: Held, finding: Finding, file: Path) -> Finding:
        store, oid = held.store, finding.oid
        origin = self.known.bring(oid, store.odb.hash_name, file, store.name)
        if origin is None and finding.problem == "missing":
            return finding.left(_make_again(held))
        if origin is None:
            aside = store.set_aside(oid)
            held.bad.discard(oid)
            del held.sizes[oid]
            return finding.left(f"no sound copy: moved to {aside}; {_make_again(held)}")
        store.put(oid, file)
        if store.digest(oid) != oid.removesuffix(FOLDER):
            return finding.left(f"written anew from {_the(origin)}, and it is wrong again: look at that disk")
        held.sizes[oid] = file.stat().st_size
        held.bad.discard(oid)
        return finding.mended(f"repaired from {_the(origin)}")

    def _workspace(self, finding: Finding, file: Path) -> Finding:
        place = self.known.top / finding.place
        if finding.problem == "unreadable":
            return finding.left(MEND)
        if not finding.oid and finding.problem != "extra":
            return finding.left("run `dvc repro`, which makes it again")
        if finding.problem == "extra":
            return finding.mended(self._put_away(finding.place))
        origin = self.known.bring(finding.oid, "md5", file, WORKSPACE)
        if origin is None and finding.problem == "corrupt":
            away = self._put_away(finding.place)
            return finding.left(f"no sound copy: {away}; run `dvc repro`, which makes it again")
        if origin is None:
            return finding.left("no sound copy: run `dvc repro`, which makes it again")
        if place.is_dir():
            return finding.left("a folder lies in its place: take it away, then run this again")
        put_away = self._put_away(finding.place) if place.exists() else ""
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f".{place.name}.part")
        shutil.copyfile(file, beside)
        os.replace(beside, place)
        self.known.work.digests[finding.place] = finding.oid
        return finding.mended(f"repaired from {_the(origin)}" + (f"; {put_away}" if put_away else ""))

    def _put_away(self, place: str) -> str:
        """Takes a file out of its output; it is kept where the cache has no other of it."""
        digest = self.known.work.digests.pop(place)
        if any(held.store.name == CACHE and held.sound(digest) for held in self.known.helds):
            (self.known.top / place).unlink()
            return "what was there is in the cache"
        to = self.known.top / KEPT / place
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(self.known.top / place, to)  # data/ may lie on another disk
        return f"what was there is now in {KEPT / place}"


def _turn(finding: Finding) -> int:
    return {CACHE: 0, WORKSPACE: 1}.get(finding.store, 2)


def _the(name: str) -> str:
    return f"the {name}"


def _make_again(held: Held) -> str:
    if held.store.remote is None:
        return "run `dvc repro`, which makes it again if a stage made it"
    return "run `dvc repro`, then this again: `dvc push` may take it for sent"
