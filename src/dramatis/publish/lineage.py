"""What something was made from, by the hashes in DVC's lock files."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dramatis.core.errors import InputError
from dramatis.dataset.card import without_places
from dramatis.publish.git import commit_with
from dramatis.state.hashes import Hashes, Ignored, UnsureError
from dramatis.state.memory import Memory
from dramatis.state.yaml12 import load

PROGRAMS = "data/programs/"
"""What stands for code, of which the commit tells more."""
KEPT = ("data/dataset", "models/")
"""What is named on the way from the sources: of the rest the lock files tell."""
CHOOSES = "players@"
"""Stages that only say which of their inputs count: these are as good as read by the stage behind."""
CUT = "made anew since"


@dataclass
class Lineage:
    """Where something comes from.

    Attributes:
        commit: of git, that holds the lock files as they are; None if they are not committed.
        outs: MD5 by path of what it is about; of a folder with `.dir` behind it, as DVC has it.
        origins: MD5 by path of what that was made from: models, dataset, videos, files that no stage makes.
        older: what was made anew since, so that it was made from an older one.
        direct: those of `older` that the last stage reads, itself or by a stage that only chooses among them.
    """

    commit: str | None = None
    outs: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    older: set[str] = field(default_factory=set)
    direct: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Stage:
    name: str
    deps: dict[str, str]
    outs: dict[str, str]


def lineage_of(outs: Sequence[Path], project: Path) -> Lineage | None:
    """The origins of some outputs of DVC, back to the videos; None if no lock file names them all.

    Raises:
        InputError: an output is no longer what its stage made.
    """
    locks = _locks(project)
    stages = [stage for lock in locks for stage in _stages(lock, project)]
    makers = {path: stage for stage in stages for path in stage.outs}
    wanted = [out.as_posix() for out in outs]
    if not all(path in makers for path in wanted):
        return None
    found = Lineage(commit_with(project, [lock.relative_to(project) for lock in locks]))
    found.outs = {path: makers[path].outs[path] for path in wanted}
    memory = Memory()
    hashes = Hashes(memory, Ignored(memory, project))
    _check_whole(found.outs, project, hashes)
    seen: set[str] = set()
    last = {makers[path].name for path in wanted}
    waiting = [makers[path] for path in wanted]
    while waiting:
        stage = waiting.pop()
        if stage.name not in seen:
            seen.add(stage.name)
            before = list(_follow(stage, stages, found, stage.name in last))
            waiting += before
            if stage.name in last:
                last |= {one.name for one in before if one.name.startswith(CHOOSES)}
                found.direct += _parts_changed(stage, stages, project, hashes)
    found.direct = list(dict.fromkeys(found.direct))
    found.origins = {path: md5 for path, md5 in sorted(found.origins.items()) if path not in found.outs}
    return found


def _follow(stage: _Stage, stages: Sequence[_Stage], found: Lineage, is_last: bool) -> Iterator[_Stage]:
    """Notes what a stage read; gives those that made it."""
    for path, md5 in stage.deps.items():
        if path.startswith(PROGRAMS):
            continue
        makers = _makers(path, stages)
        if not makers or stage.name.startswith("frames@") or path.startswith(KEPT):
            found.origins.setdefault(path, md5)
        if any(one.outs.get(path, md5) != md5 for one in makers):
            found.older.add(path)
            found.direct += [path] * is_last
        else:
            yield from makers


def _parts_changed(stage: _Stage, stages: Sequence[_Stage], project: Path, hashes: Hashes) -> Iterator[str]:
    """Deps that are a part of another stage's output, or hold several, and are others now than when the stage ran.

    The lock files know outputs as a whole only, so these are looked at themselves; what is not here is not looked at.
    """
    for path, md5 in stage.deps.items():
        makers = _makers(path, stages)
        if makers and not any(path in one.outs for one in makers) and not path.startswith(PROGRAMS):
            now = _now(path, project, hashes)
            if now is not None and now != md5:
                yield path


def _now(path: str, project: Path, hashes: Hashes) -> str | None:
    """MD5 of what is here; None if there is nothing, or nothing that DVC would take."""
    try:
        return hashes.of(str(project / path))
    except UnsureError:
        return None


def _makers(dep: str, stages: Sequence[_Stage]) -> list[_Stage]:
    """Stages that write a dep, the whole of which it is a part, or a part of it."""
    return [one for one in stages if any(_related(dep, out) for out in one.outs)]


def _related(dep: str, out: str) -> bool:
    return dep == out or out.startswith(f"{dep}/") or dep.startswith(f"{out}/")


def _locks(project: Path) -> list[Path]:
    return sorted(file for file in (project / "dvc.lock", *project.glob("pipelines/*/dvc.lock")) if file.is_file())


def _stages(lock: Path, project: Path) -> Iterator[_Stage]:
    file = lock.with_suffix(".yaml")
    described = load(file).get("stages", {}) if file.is_file() else {}
    for name, entry in load(lock).get("stages", {}).items():
        body = described.get(name.partition("@")[0]) or {}
        top = lock.parent / (body.get("do") or body).get("wdir", ".")
        yield _Stage(name, *(_by_path(entry.get(key) or [], top, project) for key in ("deps", "outs")))


def _by_path(entries: Sequence[dict[str, Any]], top: Path, project: Path) -> dict[str, str]:
    """MD5 by path below the project, or by absolute path."""
    found = {}
    for entry in entries:
        path = os.path.join(top, entry["path"]) if "://" not in entry["path"] else entry["path"]
        inside = not os.path.isabs(entry["path"]) and "://" not in path
        found[Path(os.path.relpath(path, project)).as_posix() if inside else path] = entry.get("md5") or "–"
    return found


def _check_whole(outs: dict[str, str], project: Path, hashes: Hashes) -> None:
    for path, md5 in outs.items():
        try:
            same = hashes.of(str(project / path)) == md5
        except UnsureError:
            continue
        if not same:
            raise InputError(
                path,
                "it is not what the last `dvc repro` made",
                "Run `dvc repro` or `dvc checkout`, or `dvc commit` what you changed",
            )


def lineage_lines(lineage: Lineage) -> list[str]:
    """A section of a card, Markdown; places outside the project by their last part only."""
    held = f"commit `{lineage.commit}`" if lineage.commit else "the project, which are not committed"
    rows = [(path, md5, "") for path, md5 in lineage.outs.items()]
    rows += [(path, md5, CUT if path in lineage.older else "") for path, md5 in lineage.origins.items()]
    return [
        "## Lineage",
        "",
        f"MD5 as DVC has them in the lock files of {held}; those of folders end in `.dir`. First what is published, "
        "then what it was made from.",
        "",
        "| what | MD5 | |",
        "| --- | --- | --- |",
        *(f"| `{without_places(path)}` | `{md5}` | {note} |" for path, md5, note in rows),
        "",
    ]
