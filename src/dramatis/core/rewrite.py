"""Changes to a file that several programs and people write: one at a time, and never half."""

import glob
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dramatis.core.errors import InputError, MissingError
from dramatis.core.locks import take
from dramatis.core.yaml_lines import text_of

PATIENCE_S = 30.0
"""How long `rewrite` waits for another writer [s]."""


def rewrite(file: Path, change: Callable[[str], str]) -> str:
    """Reads the file, changes its text and puts the new file in place of the old one; gives the new text.

    Other writers wait, so no change is lost. A reader sees the old or the new file, never a part. A file that is not
    there yet is made. Nothing is written if the text stays the same, or if `change` raises.

    Raises:
        ParameterError: the file is no text.
        InputError: another process keeps the file for longer than `PATIENCE_S`.
    """
    file = file.resolve()
    with alone(file):
        sweep(file)
        before = text_of(file) if file.is_file() else ""
        after = change(before)
        if after != before:
            replace(file, after)
    return after


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Keeps other writers out: a lock on the folder, which leaves no file behind and ends with the process."""
    if not file.parent.is_dir():
        raise MissingError(str(file.parent), "there is no such folder", "Run this in the project's top folder")
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        if not take(folder, PATIENCE_S, pause_s=0.005):
            problem = f"another process has been writing it for {PATIENCE_S:.0f} s"
            raise InputError(str(file), problem, "End that process, then try again")
        yield
    finally:
        os.close(folder)


def replace(file: Path, text: str) -> None:
    """Puts a file of this text in the place of another, which nobody else writes: see `alone`."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.chmod(file.stat().st_mode if file.is_file() else 0o644)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def sweep(file: Path) -> None:
    """Takes away the half of a new file that a writer left when it was killed; one at a time, see `alone`."""
    for part in file.parent.glob(f".{glob.escape(file.name)}.*.part"):
        part.unlink(missing_ok=True)
