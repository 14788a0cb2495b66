"""Room on the disk, and putting files where they belong: shared blocks where the disk can, else a copy."""

import fcntl
import os
import shutil
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from dramatis.core.errors import InputError
from dramatis.core.links import FICLONE
from dramatis.publish.contents import in_units

RESERVE = 64 << 20
"""Bytes that stay free."""
BLOCK = 4 << 20


def check_room(folder: Path, count: int, what: str) -> None:
    """Looks whether so many bytes fit.

    Args:
        folder: one that is there, on the disk in question.
        what: for the message.

    Raises:
        InputError: they do not, with `RESERVE` left free.
    """
    free = shutil.disk_usage(folder).free
    if count + RESERVE > free:
        room = f"{in_units(max(0, free - RESERVE))} are free on the disk of {folder}/"
        raise InputError(what, f"takes {in_units(count)}, and {room}", "Free some, then run it again")


def bytes_of(source: Path) -> int:
    """Size of a file, or of all files that `files_of` names."""
    return sum(file.stat().st_size for file in files_of(source).values())


def files_of(source: Path) -> dict[str, Path]:
    """The files of a source by their path inside it, hidden ones left out; a file has the path `.`.

    Raises:
        InputError: a link in it leads nowhere, or to something that is no file.
    """
    if not source.is_dir():
        return {".": source}
    found: dict[str, Path] = {}
    entered: set[str] = set()
    for where, folders, names in os.walk(source, followlinks=True):
        real = os.path.realpath(where)
        folders[:] = [] if real in entered else sorted(name for name in folders if not name.startswith("."))
        if real in entered:
            continue
        entered.add(real)
        for name in sorted(names):
            file = Path(where, name)
            if name.startswith("."):
                continue
            if not file.is_file():
                raise InputError(str(file), "it is no file that can be copied", "Take it away, or mend the link")
            found[file.relative_to(source).as_posix()] = file
    return found


def copy(source: Path, target: Path) -> None:
    """Copies a file, or the files of a folder, and lets them share blocks where the disk can.

    The target is not there before, and is whole or not there after: a copy grows beside it.
    """
    part = part_of(target)
    discard(part)
    try:
        files = files_of(source)
        with tqdm(
            total=bytes_of(source), desc=f"copy {source.name}", unit="B", unit_scale=True,
            disable=None, leave=False,
        ) as bar:  # fmt: skip
            for inside, file in files.items():
                to = part if inside == "." else part / inside
                to.parent.mkdir(parents=True, exist_ok=True)
                _copy_file(file, to, bar)
        part.rename(target)
    finally:
        discard(part)


def part_of(target: Path) -> Path:
    """Where a copy grows."""
    return target.with_name(f".part-{target.name}")


def _copy_file(source: Path, target: Path, bar: "tqdm[NoReturn]") -> None:
    if _share(source, target):
        bar.update(source.stat().st_size)
        return
    with source.open("rb") as read, target.open("wb") as write:
        while block := read.read(BLOCK):
            write.write(block)
            bar.update(len(block))
        write.flush()
        os.fsync(write.fileno())


def _share(source: Path, target: Path) -> bool:
    try:
        with source.open("rb") as read, target.open("wb") as write:
            fcntl.ioctl(write.fileno(), FICLONE, read.fileno())
    except OSError:  # another disk, or one that cannot
        return False
    return True


def discard(path: Path) -> None:
    """Takes a file or a folder away; nothing happens if there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
