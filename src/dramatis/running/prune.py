"""What no stage makes any more, found, and removed from the disk and from the locks."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from dramatis.core.errors import InputError
from dramatis.core.orphans import is_running
from dramatis.core.params import PARAMS, read_yaml
from dramatis.core.rewrite import rewrite
from dramatis.core.yaml_lines import LOADER, fast_yaml, not_yaml
from dramatis.pipeline.graph import FILES
from dramatis.running.leftovers import ROOTS, Declared, Leftovers, find, gone_entries
from dramatis.running.tasks import opened

RWLOCK = Path(".dvc/tmp/rwlock")


def leftovers() -> Leftovers:
    """What no stage of the project makes any more."""
    _refuse_while_stages_run()
    declared, folders = _declared()
    entries = []
    for file, stages in sorted(declared.stages.items()):
        lock = file.with_suffix(".lock")
        if lock.is_file():
            entries += gone_entries(lock, _read(lock), stages, folders[file])
    runs = read_yaml(PARAMS).get("runs") if PARAMS.is_file() else None
    return find(declared, entries, set(runs or ()), _tracked(), is_running)


def remove_all(left: Leftovers) -> None:
    """Removes files and folders, empty folders above them, and entries of locks.

    Raises:
        InputError: a stage runs, or DVC is between two.
    """
    with opened() as repo, repo.lock:  # `dvc repro` holds it between its stages
        _refuse_while_stages_run()
        _remove_all(left)


def _remove_all(left: Leftovers) -> None:
    for item in left.paths:
        if item.path.is_dir() and not item.path.is_symlink():
            shutil.rmtree(item.path)
        else:
            item.path.unlink(missing_ok=True)
        for folder in item.path.parents:
            if len(folder.parts) < 2 or any(folder.iterdir()):
                break
            folder.rmdir()
    for lock in sorted({entry.lock for entry in left.entries}):
        gone = [entry.stage for entry in left.entries if entry.lock == lock]
        if not rewrite(lock, partial(without, stages=gone)):
            lock.unlink()  # as DVC does with the last one


def without(text: str, stages: Iterable[str]) -> str:
    """A lock without some of its stages, every other byte as it was; empty if no stage is left."""
    root: Any = yaml.compose(text, LOADER)  # a lock is a mapping with the section `stages`
    section = next(value for key, value in root.value if key.value == "stages")
    gone, lines = set(stages), text.splitlines(keepends=True)
    if all(key.value in gone for key, _ in section.value):
        return ""
    starts = [key.start_mark.line for key, _ in section.value]
    after = [key.start_mark.line for key, _ in root.value if key.start_mark.line > starts[-1]]
    ends = [*starts[1:], min(after, default=len(lines))]
    for (key, _), start, end in reversed(list(zip(section.value, starts, ends, strict=True))):
        if key.value in gone:
            del lines[start:end]
    return "".join(lines)


def _declared() -> tuple[Declared, dict[Path, dict[str, Path]]]:
    """What the pipeline declares; and the folder that each group of stages counts its paths from."""
    top = Path.cwd().resolve()
    stages: dict[Path, set[str]] = {file: set() for file in FILES if file.is_file()}
    outs, deps = set(), set()
    with opened() as repo:
        for stage in repo.index.stages:
            file = Path(os.path.relpath(stage.path, top))
            if getattr(stage, "name", None):
                stages.setdefault(file, set()).add(stage.name)
            outs |= {Path(os.path.relpath(out.fs_path, top)) for out in stage.outs}
            deps |= {Path(os.path.relpath(dep.fs_path, top)) for dep in stage.deps if dep.protocol == "local"}
    return Declared(stages, outs, deps), {file: _folders(file) for file in stages}


def _folders(file: Path) -> dict[str, Path]:
    """By group of stages, its `wdir`; a group that is gone counts as the file's first."""
    groups: Mapping[str, Any] = read_yaml(file).get("stages") or {}
    found = {name: file.parent / body.get("do", body).get("wdir", ".") for name, body in groups.items()}
    first = next(iter(found.values()), file.parent)
    lock = file.with_suffix(".lock")
    names = (_read(lock).get("stages") or {}) if lock.is_file() else {}
    return {name.split("@")[0]: found.get(name.split("@")[0], first) for name in [*names, *found]}


def _read(lock: Path) -> Any:
    try:
        return fast_yaml(lock.read_bytes()) or {}
    except yaml.YAMLError as error:
        raise not_yaml(str(lock), error, f"Get it back: git checkout {lock}") from None


def _tracked() -> set[Path]:
    """Files below `ROOTS` that git tracks; none where there is no git."""
    if shutil.which("git") is None:
        return set()
    command: Sequence[str] = ("git", "ls-files", "-z", "--", *ROOTS)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return {Path(name) for name in done.stdout.split("\0") if name} if done.returncode == 0 else set()


def _refuse_while_stages_run() -> None:
    """Raises an error if DVC notes a stage that is at work: what it writes may look like a leftover."""
    try:
        notes = json.loads(RWLOCK.read_text())
    except (OSError, ValueError):
        return
    for path, about in (notes.get("write") or {}).items():
        if is_running(int(about["pid"])):
            raise InputError(str(path), f"process {about['pid']} is writing it", "Wait until the stage ends")
