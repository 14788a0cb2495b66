"""What no stage makes any more: what lies on the disk or stands in a lock, and the pipeline does not declare."""

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

ROOTS = ("data", "models", "metrics")
"""The folders that stages write into; nothing outside them and `work/` is ever removed."""
WORK, STATE = Path("work"), "state.safetensors"
"""Scratch folders, and the file by which a training goes on: `train.state.STATE`, which would bring torch along."""
PART = re.compile(r"\..+\.(\d+)\.part")


class Declared(NamedTuple):
    """What the pipeline says now, paths from the project's top folder."""

    stages: Mapping[Path, Set[str]]
    """Names of the stages of each pipeline file."""
    outs: Set[Path]
    """What they write, and what `dvc add` tracks."""
    deps: Set[Path]
    """What they read."""


class Entry(NamedTuple):
    """What a lock remembers of a stage that is gone."""

    lock: Path
    stage: str
    outs: tuple[Path, ...]


@dataclass(frozen=True)
class Leftover:
    """A file or folder to remove.

    Attributes:
        path: from the project's top folder.
        why: in words.
        bytes: its size.
    """

    path: Path
    why: str
    bytes: int


class Leftovers(NamedTuple):
    """All that no stage makes any more."""

    paths: list[Leftover]
    entries: list[Entry]
    tracked: list[Path]
    """Files that git tracks, which only a person takes out."""


def find(
    declared: Declared,
    entries: Iterable[Entry],
    runs: Set[str],
    tracked: Set[Path],
    alive: Callable[[int], bool],
) -> Leftovers:
    """Looks through the project.

    Args:
        declared: what the pipeline says now.
        entries: what the locks remember of stages that are gone.
        runs: the runs there are.
        tracked: files that git tracks.
        alive: says whether a process runs.
    """
    entries = list(entries)
    found: dict[Path, str] = {}
    for entry in entries:
        for out in entry.outs:
            found.setdefault(out, f"{entry.stage} is gone")
    found = {**_strays(declared, alive), **found}
    found = {path: why for path, why in found.items() if _may_go(path, declared.outs)}
    found |= _scratch(runs, {entry.stage for entry in entries})
    kept = [file for file in sorted(tracked) if any(_within(file, path) for path in found)]
    paths = [
        Leftover(path, why, size_of(path))
        for path, why in sorted(found.items())
        if _exists(path) and not any(_within(file, path) for file in kept)
    ]
    return Leftovers(paths, entries, kept)


def gone_entries(lock: Path, content: Any, stages: Set[str], folders: Mapping[str, Path]) -> list[Entry]:
    """The entries of a lock whose stage is gone.

    Args:
        lock: path of the lock.
        content: what it holds.
        stages: names of the stages of its pipeline file.
        folders: folder that the paths of a group of stages are counted from.
    """
    entries = []
    for name, entry in (content.get("stages") or {}).items() if isinstance(content, Mapping) else ():
        if name not in stages:
            folder = folders.get(name.split("@")[0], lock.parent)
            outs = [_plain(folder / out["path"]) for out in entry.get("outs") or ()]
            entries.append(Entry(lock, name, tuple(out for out in outs if out)))
    return entries


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; a link counts as itself."""
    if path.is_symlink() or not path.is_dir():
        return path.lstat().st_size if _exists(path) else 0
    return sum(file.lstat().st_size for file in path.rglob("*") if file.is_symlink() or file.is_file())


def _strays(declared: Declared, alive: Callable[[int], bool]) -> dict[Path, str]:
    """What lies in folders that stages share, and what killed processes left there."""
    found = {}
    for folder in sorted({out.parent for out in declared.outs if out.parts[0] in ROOTS}):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if match := PART.fullmatch(path.name):
                if not alive(int(match[1])):
                    found[path] = "left by a process that was killed"
            elif folder in declared.deps and folder.parts[0] == "data" and path.name != ".gitignore":
                found[path] = f"no stage writes it, and stages read {folder} whole"
    return found


def _scratch(runs: Set[str], gone: Set[str]) -> dict[Path, str]:
    """Scratch folders of runs that are gone, older ones of those that are there, and logs of stages that are gone."""
    found = {}
    for folder in (WORK / "train", WORK / "preview"):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.name not in runs:
                found[path] = f"run {path.name} is gone"
    for run in sorted(runs):
        states = sorted((WORK / "train" / run).glob(f"*/{STATE}"), key=lambda file: file.stat().st_mtime_ns)
        for state in states[:-1]:
            found[state.parent] = f"run {run} was interrupted under other settings"
    for stage in gone:
        found[WORK / "logs" / f"{stage}.log"] = f"{stage} is gone"
    return found


def _may_go(path: Path, outs: Set[Path]) -> bool:
    """True inside `ROOTS`, where nothing of it is declared: not itself, nothing in it, nothing around it."""
    if len(path.parts) < 2 or path.parts[0] not in ROOTS:
        return False
    return (
        path not in outs
        and not any(parent in outs for parent in path.parents)
        and not any(path in out.parents for out in outs)
    )


def _within(file: Path, path: Path) -> bool:
    return file == path or path in file.parents


def _exists(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _plain(path: Path) -> Path | None:
    """A path without `..`; None if it leads out of the project."""
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return Path(*parts) if parts and not path.is_absolute() else None
