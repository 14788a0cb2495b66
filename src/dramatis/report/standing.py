"""How the pipeline stands, and by which hashes and versions this page can be cited."""

import platform
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from dramatis.core.digests import value_digest
from dramatis.core.tables import read_json
from dramatis.report.html import Section, table, tag, text

SHORT = 12
"""Letters of a hash that are shown."""


def cited(locks: Mapping[str, Mapping[str, Any]], runs: Sequence[str], top: Path) -> dict[str, Any]:
    """What this page was made of.

    Args:
        locks: the stages in the locks, by name such as `frames@e01`.
        runs: of params.yaml.
        top: top folder of the project.

    Returns:
        `dramatis`, `python`, `commit` (null outside git; `+` behind it where files differ from it), `results`: a digest
        over the hashes of all outputs in the locks, and `libraries` of the runs.
    """
    outs = {name: _outs(lock) for name, lock in locks.items()}
    libraries: dict[str, str] = {}
    for run in runs:
        file = top / "models" / run / "run.json"
        libraries |= read_json(file, f"train@{run}").get("libraries", {}) if file.is_file() else {}
    return {
        "dramatis": _version(),
        "python": platform.python_version(),
        "commit": _commit(top),
        "results": value_digest(outs)[:SHORT] if outs else None,
        "libraries": dict(sorted(libraries.items())),
    }


def section(
    states: Sequence[Mapping[str, Any]], locks: Mapping[str, Mapping[str, Any]], said: Mapping[str, Any]
) -> Section:
    """The state of each stage, the hashes of what they wrote, and the versions.

    Args:
        states: `name`, `state`, `why`; and `items`, how many a stage stands for.
        locks, said: as of `cited`.
    """
    rows = []
    for one in states:
        mark = tag("span", text(one["state"]), class_=f"state {one['state'].replace(' ', '-')}")
        rows.append([text(one["name"]), mark, str(one["items"]), text(one["why"])])
    parts = [table(["stage", "state", "items", "why"], rows, "How each stage stands")]
    hashes = [
        [text(name), text(path), tag("code", text(md5[:SHORT]))]
        for name, lock in sorted(locks.items())
        for path, md5 in _outs(lock).items()
    ]
    if hashes:
        inside = table(["stage", "output", "MD5"], hashes, "What the locks say of every output")
        parts.append(tag("details", tag("summary", f"Hashes of {len(hashes)} outputs"), inside))
    facts = [("dramatis", said["dramatis"]), ("Python", said["python"]), ("commit", said["commit"] or "not in git")]
    facts += [("results", said["results"] or "nothing has run"), *said["libraries"].items()]
    parts.append(tag("dl", *(tag("dt", text(name)) + tag("dd", text(value)) for name, value in facts), class_="facts"))
    return Section("pipeline", "The pipeline", "".join(parts), {"stages": list(states), **said})


def _outs(lock: Mapping[str, Any]) -> dict[str, str]:
    return {out["path"]: out.get("md5", "") for out in lock.get("outs") or []}


def _version() -> str:
    try:
        return version("dramatis")
    except PackageNotFoundError:
        return "not installed"


def _commit(top: Path) -> str | None:
    def git(*words: str) -> str | None:
        try:
            done = subprocess.run(["git", "-C", str(top), *words], capture_output=True, text=True, timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    commit = git("rev-parse", "--short=12", "HEAD")
    return f"{commit}+" if commit and git("status", "--porcelain", "--untracked-files=no") else commit
