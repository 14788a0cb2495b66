"""Fetches weights: checked before they take their place, tracked by DVC, written into the lock."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dramatis.core.digests import file_digest
from dramatis.core.errors import InputError, MissingError
from dramatis.core.rewrite import alone
from dramatis.models import direct, hub
from dramatis.models.headers import check_weights
from dramatis.models.lock import Locked, LockedFile, read_lock, write_lock
from dramatis.models.manifest import REAL
from dramatis.models.plan import Piece, Pull, asked, is_it, looked_at
from dramatis.models.track import copies_data, track

WORK = Path("work/models")
"""Where files lie until they are whole and checked; a pull that was cut off goes on from there."""
LOCKS = WORK / ".locks"
"""A folder for each name, which stays: who waits for it must not be left with one that is gone."""
ALONE = (".onnx",)
"""Weights of which a folder must not hold others: what reads it takes every one."""


def pull(planned: Pull, by_hand: bool = False, anew: bool = False) -> list[str]:
    """Brings the files of one name into models/real/ and gives lines that say what was done.

    Args:
        planned: as `plan.planned` or `plan.from_hub` gave it.
        by_hand: takes files that somebody put there although nobody vouches for their hashes; fetches nothing.
        anew: replaces files that are others.

    Raises:
        InputError: a file cannot be fetched, is not what it should be, or others lie in its place.
    """
    folder = REAL / planned.folder
    _refuse_strangers(folder, planned)
    lock = LOCKS / planned.name / "lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with alone(lock):
        planned = looked_at(planned)  # another process may have brought it while this one waited
        done = _adopted(planned) if by_hand else _fetched(planned, anew)
        files = {local: _locked(piece) for local, piece in done.pieces.items()}
        tracked = track(folder)
        if read_lock().get(planned.name) != (entry := Locked(folder=done.folder, licence=done.licence, files=files)):
            write_lock(planned.name, entry)
        shutil.rmtree(WORK / planned.name, ignore_errors=True)
    count = len(planned.to_fetch) if not by_hand else 0
    said = f"{count} of {len(files)} files fetched" if count else f"all {len(files)} files lie there and are the ones"
    return [f"{folder}: {said}; {done.licence or 'no licence is stated'}", tracked]


def _fetched(planned: Pull, anew: bool) -> Pull:
    """The same with every file in its place."""
    if planned.to_fetch:
        with _by_hand(planned):
            planned = asked(planned)
    others = [piece.target for piece in planned.to_fetch.values() if piece.here is False]
    if others and not anew:
        problem = "another file lies there than the one that is stated"
        remedy = "Move it away, or say --force to replace it; files of your own: --by-hand"
        raise InputError(str(others[0]), problem, remedy)
    _check_space(planned)
    staged = {}
    for local, piece in planned.to_fetch.items():
        with _by_hand(planned):
            file = _staged(planned.name, local, piece)
        staged[local] = _checked(piece, file)
    for local, file in staged.items():
        target = planned.pieces[local].target
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, target)
    return planned


@contextmanager
def _by_hand(planned: Pull) -> Iterator[None]:
    """Where a file cannot be fetched, the error also says how to do without."""
    try:
        yield
    except MissingError:
        raise
    except InputError as error:
        piece = next(iter(planned.to_fetch.values()))
        more = f" and {len(planned.to_fetch) - 1} more (`--dry-run` lists them)" if len(planned.to_fetch) > 1 else ""
        by_hand = (
            f"By hand: {piece.origin} as {piece.target}{more}, then `dramatis models pull {planned.name} --by-hand`"
        )
        raise InputError(error.place, error.problem, f"{error.remedy}. {by_hand}") from None


def _staged(name: str, local: str, piece: Piece) -> Path:
    source, work = piece.source, WORK / name
    if source.url is not None:
        return direct.download(source.url, work / "direct" / local, source.size)
    repo, commit, path = source.hub or "", source.revision or "", source.path or ""
    return hub.fetch(repo, commit, path, work / f"{repo.replace('/', '--')}@{commit[:12]}" / path, source.size)


def _checked(piece: Piece, file: Path) -> Path:
    """The file, if it is the one that is vouched for; else it goes, so that the next try does not meet it."""
    size = file.stat().st_size
    try:
        if piece.source.size not in (None, size):
            problem = f"{size} bytes came, and {piece.source.size} are stated"
            raise InputError(piece.origin, problem, "Run it again; if it stays so, the file there is another one")
        if (piece.source.sha256 or piece.git_oid) and not is_it(piece, file):
            want = piece.source.sha256 or piece.git_oid
            problem = f"its hash is {file_digest(file)}, and {want} is stated ({piece.known})"
            raise InputError(piece.origin, problem, "Don't use it: it was changed there or on the way")
        check_weights(file)
    except InputError:
        file.unlink()
        raise
    return file


def _adopted(planned: Pull) -> Pull:
    """Files that somebody put there; a hash that is stated is held to."""
    missing = {local: piece for local, piece in planned.pieces.items() if not piece.target.is_file()}
    if missing:
        local, piece = next(iter(missing.items()))
        more = f"; so are {len(missing) - 1} more" if len(missing) > 1 else ""
        raise MissingError(str(piece.target), f"it is not there{more}", f"Put {piece.origin} there")
    for piece in planned.pieces.values():
        if piece.source.sha256 is not None and piece.here is False:
            problem = f"its SHA-256 is {file_digest(piece.target)}, and {piece.source.sha256} is stated ({piece.known})"
            raise InputError(str(piece.target), problem, f"Take the file of {piece.origin}")
        check_weights(piece.target)
    return planned


def _locked(piece: Piece) -> LockedFile:
    said = piece.source.model_dump() | {"sha256": file_digest(piece.target), "size": piece.target.stat().st_size}
    return LockedFile(**said, known=piece.known)


def _refuse_strangers(folder: Path, planned: Pull) -> None:
    weighty = {Path(local).suffix for local in planned.pieces} & set(ALONE)
    for file in sorted(folder.rglob("*")) if weighty else []:
        if file.suffix in ALONE and file.relative_to(folder).as_posix() not in planned.pieces:
            problem = f"other weights than those of {planned.name}, and what reads the folder takes all of them"
            raise InputError(str(file), problem, "Move it to a folder of its own, then run it again")


def _check_space(planned: Pull) -> None:
    """Refuses to begin what the disk cannot hold: the files, and DVC's copy of them where it makes one."""
    need = planned.bytes_to_fetch * (2 if copies_data() else 1)
    free = shutil.disk_usage(os.curdir).free
    if need > free:
        problem = f"{need / 1e9:.1f} GB are needed (with DVC's copy), and {free / 1e9:.1f} GB are free"
        raise InputError(str(REAL / planned.folder), problem, "Free some space, or work on another disk")
