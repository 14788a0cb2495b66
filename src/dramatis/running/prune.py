"""`dramatis prune`: removes what no stage makes any more, from the disk and from the locks."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
import yaml

from dramatis.cli import look
from dramatis.core.errors import InputError, ParameterError
from dramatis.core.params import PARAMS, read_yaml
from dramatis.core.rewrite import rewrite
from dramatis.core.yaml_lines import LOADER, fast_yaml, not_yaml
from dramatis.pipeline.graph import FILES
from dramatis.publish.contents import in_units
from dramatis.running.leftovers import ROOTS, Declared, Leftovers, find, gone_entries
from dramatis.running.tasks import opened

RWLOCK = Path(".dvc/tmp/rwlock")
AFTER = (
    "Now `dvc repro`: stages that read a whole folder see that it changed. Then `dvc push`, and commit the locks.",
    "The cache still holds what was removed. `dvc gc --workspace` frees it, but takes with it whatever only other "
    "branches, tags and experiments need: say --all-branches, --all-tags and --all-experiments to keep that.",
)


def prune(dry_run: bool, yes: bool, as_json: bool) -> None:
    """Shows what no stage makes any more, and removes it if a person says so.

    Raises:
        ParameterError: nobody is there to ask.
        InputError: a stage runs, or DVC cannot read the pipeline.
    """
    left = leftovers()
    remove = not dry_run and bool(left.paths or left.entries)
    if remove and not yes:
        if as_json or not sys.stdin.isatty():
            raise ParameterError("--yes", "there is nobody to ask", "Say --yes to remove, or --dry-run to look")
        show(left)
        remove = typer.confirm("Remove all that?")
    elif not as_json:
        show(left)
    if remove:
        remove_all(left)
    if as_json:
        look.print_json(as_document(left, remove))
    elif remove:
        for line in AFTER:
            typer.echo(line)


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
    return find(declared, entries, set(runs or ()), _tracked(), _alive)


def remove_all(left: Leftovers) -> None:
    """Removes files and folders, empty folders above them, and entries of locks."""
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
        if not rewrite(lock, lambda text, gone=gone: without(text, gone)):
            lock.unlink()  # as DVC does with the last one


def without(text: str, stages: Iterable[str]) -> str:
    """A lock without some of its stages, every other byte as it was; empty if no stage is left."""
    root = yaml.compose(text, LOADER)
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


def show(left: Leftovers) -> None:
    """Prints what there is to remove, and what only a person can."""
    lines = []
    if left.paths:
        made = look.table("size", "path", "why")
        made.columns[0].justify = "right"
        for item in left.paths:
            made.add_row(in_units(item.bytes), look.plain(item.path), look.plain(item.why))
        made.add_row(in_units(sum(item.bytes for item in left.paths)), f"{len(left.paths)} in all", "")
        look.show(made)
    elif not left.entries:
        lines.append("Nothing: a stage makes all that is there.")
    for lock in sorted({entry.lock for entry in left.entries}):
        stages = [entry.stage for entry in left.entries if entry.lock == lock]
        lines.append(f"{lock}: {len(stages)} entries of stages that are gone: {', '.join(stages)}")
    if left.tracked:
        lines.append(f"git tracks these, so take them out yourself: git rm {' '.join(map(str, left.tracked))}")
    look.show(*map(look.plain, lines))


def as_document(left: Leftovers, removed: bool) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "removed": removed,
        "paths": [{"path": str(item.path), "why": item.why, "bytes": item.bytes} for item in left.paths],
        "lock_entries": [{"lock": str(entry.lock), "stage": entry.stage} for entry in left.entries],
        "tracked_by_git": [str(file) for file in left.tracked],
    }


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
        if _alive(int(about["pid"])):
            raise InputError(str(path), f"process {about['pid']} is writing it", "Wait until the stage ends")


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)  # signal 0 only asks
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
