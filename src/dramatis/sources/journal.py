"""What `add`, `remove` and `rename` are about to do, written down first: one that is killed is settled by the next.

Each of them writes `params.yaml` last. So what is broken off before is undone, and what is broken off after it is
finished; by the command itself where it still can (an error, Ctrl-C, SIGTERM), else by the next of the three.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, ValidationError, field_validator

from dramatis.cast.decisions import FILE as CAST
from dramatis.cast.edit import update
from dramatis.core.errors import InputError, MissingError
from dramatis.core.locks import take
from dramatis.core.params import PARAMS, Params
from dramatis.core.rewrite import alone, replace, sweep
from dramatis.sources.moments import renamed_moments
from dramatis.sources.project import decisions_about, read_project
from dramatis.sources.space import discard, part_of
from dramatis.sources.tracked import RAW

JOURNAL = Path(".dvc/tmp/dramatis-sources.json")
PROBE = re.compile(r"\.[\w-]{22}\.tmp")
PROBE_BYTES = 4
"""What DVC calls the files by which it tries which links a disk knows, and how large they are."""
PARTS = RAW / ".part"
"""Downloads that are not whole yet."""


class Change(Params):
    """All that is needed to undo a change, or to finish it."""

    request: tuple[str, ...] = Field(description="The command, word by word.")
    videos: dict[str, str | None] = Field(description="What it writes into params.yaml: sources by id; null: out.")
    pointers: dict[Path, str | None] = Field({}, description="Texts of .dvc files before; null: there is none.")
    moved: dict[Path, Path] = Field({}, description="Old places of files by their new ones.")
    made: tuple[Path, ...] = Field((), description="Files and folders of raw/ that come new.")
    folders: tuple[Path, ...] = Field((), description="Empty folders that come new.")
    gone: tuple[Path, ...] = Field((), description="Files and folders of raw/ that go at the end.")
    moments: tuple[str, str] | None = Field(None, description="Old and new id of a video in cast.yaml.")

    @field_validator("made", "gone")
    @classmethod
    def _inside(cls, paths: tuple[Path, ...]) -> tuple[Path, ...]:
        for path in paths:
            if path.parts[:1] != RAW.parts or len(path.parts) < 2 or ".." in path.parts:
                raise ValueError(f"{path} must lie in {RAW}/")
        return paths


class Settled(NamedTuple):
    """What became of a change that had been broken off; `videos` as in `Change`."""

    request: tuple[str, ...]
    done: bool
    videos: dict[str, str | None]

    @property
    def said(self) -> str:
        """One line for the user."""
        end = "finished" if self.done else "undone"
        return f"`dramatis {' '.join(self.request)}` had been broken off: it is {end} now"


def settle(dry_run: bool = False) -> Settled | None:
    """Finishes or undoes what a killed command left; None if there is nothing.

    Args:
        dry_run: only look: see `refuse_unsettled`.

    Raises:
        InputError: another process keeps at it, or what it had written down cannot be read.
    """
    if dry_run:
        refuse_unsettled()
    if not JOURNAL.is_file():
        return None
    with alone(JOURNAL):
        if not JOURNAL.is_file():  # who wrote it is done
            return None
        change = _read()
        return Settled(change.request, _settled(change), change.videos)


def refuse_unsettled() -> None:
    """Looks whether a killed command left something to settle; one that is at work is let be.

    Raises:
        InputError: it did.
    """
    if not JOURNAL.is_file():
        return
    folder = os.open(JOURNAL.parent, os.O_RDONLY)
    try:
        if take(folder) and JOURNAL.is_file():
            problem = f"`dramatis {' '.join(_read().request)}` was broken off"
            raise InputError(str(RAW), problem, "Run that again: it is undone or finished first")
    finally:
        os.close(folder)


@contextmanager
def held() -> Iterator[None]:
    """Keeps other changes of sources out.

    Raises:
        MissingError: there is no project of DVC here.
        InputError: another process keeps at it, or was killed just now.
    """
    if not JOURNAL.parent.parent.is_dir():
        raise MissingError(".dvc", "there is no project of DVC here", "Run `dvc init` in its top folder")
    JOURNAL.parent.mkdir(exist_ok=True)
    with alone(JOURNAL):
        if JOURNAL.is_file():
            raise InputError(str(RAW), "another change of sources was broken off just now", "Run it again")
        yield


@contextmanager
def undone_unless_whole(change: Change) -> Iterator[None]:
    """Writes a change down, lets it be made, and undoes what is not whole at the end."""
    replace(JOURNAL, change.model_dump_json())
    try:
        yield
    finally:
        _settled(change)


def _read() -> Change:
    try:
        return Change.model_validate_json(JOURNAL.read_bytes())
    except ValidationError as error:
        problem = f"it is none of ours ({error.errors()[0]['msg']})"
        raise InputError(str(JOURNAL), problem, f"Take it away, and look at {RAW}/ and `git diff`") from None


def _settled(change: Change) -> bool:
    """True if the change is whole now, false if it is as if it had never begun."""
    for file in (PARAMS, CAST):
        with alone(file.resolve()):
            sweep(file.resolve())
    for file in RAW.iterdir() if RAW.is_dir() else ():
        if PROBE.fullmatch(file.name) and file.lstat().st_size <= PROBE_BYTES:
            file.unlink()
    done = _is_written(change)
    if done:
        for path in change.gone:
            discard(path)
        if PARTS.is_dir() and not any(PARTS.iterdir()):
            PARTS.rmdir()
    else:
        _undo(change)
    JOURNAL.unlink()
    return done


def _is_written(change: Change) -> bool:
    videos = read_project().videos
    return all(str(videos.get(key)) == str(source) for key, source in change.videos.items())


def _undo(change: Change) -> None:
    """Puts everything back, whatever of it was done; what is back already stays."""
    if change.moments and decisions_about(change.moments[1]):
        old, new = change.moments
        update(CAST, lambda text: renamed_moments(text, new, old))
    for place, before in change.moved.items():
        if place.exists() and not before.exists():
            place.rename(before)
    for path in change.made:
        discard(part_of(path))
        discard(path)
    for pointer, text in change.pointers.items():
        sweep(pointer)
        if text is None:
            pointer.unlink(missing_ok=True)
        elif not pointer.is_file() or pointer.read_text("utf-8") != text:
            replace(pointer, text)
    for folder in change.folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
