"""`dramatis upgrade`: a project after another version of the package was installed."""

import shutil
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from dramatis.core.digests import file_digest
from dramatis.core.errors import MissingError, ParameterError
from dramatis.pipeline.graph import load_stages
from dramatis.project.code import CODE, code_digests, read_code, written
from dramatis.project.init import install_files
from dramatis.project.template import template_root

BESIDE = ".new"


def changed_stages(project: Path = Path()) -> list[str]:
    """Stages whose installed code is not what `code.yaml` says, by name; none in a clone of this repository."""
    recorded = read_code(project / CODE).get("stages")
    if recorded is None:
        return []
    digests = code_digests(load_stages(template_root()))
    return sorted(name for name in digests.keys() | recorded.keys() if digests.get(name) != recorded.get(name))


def upgrade_project(project: Path = Path(), dry_run: bool = False) -> list[str]:
    """Writes `code.yaml` anew, replaces the package's own files in the project, and gives lines to print.

    A file that somebody changed stays; the new one is put beside it as `<file>.new`.

    Raises:
        MissingError: the folder is not a project that `dramatis init` made.
    """
    if not (project / CODE).is_file():
        remedy = "Run it in a project that `dramatis init` made; in a clone, `git pull` does this"
        raise MissingError(str(CODE), "there is no such file", remedy)
    recorded, root = read_code(project / CODE), template_root()
    stages = changed_stages(project)
    with tempfile.TemporaryDirectory() as scratch:
        new = install_files(root, Path(scratch))
        lines = []
        for path, kind in told(project, recorded.get("files") or {}, new).items():
            lines.append(f"{path}: {kind}")
            if dry_run or kind == "no longer in the package, left":
                continue
            target = project / path if kind != KEPT else project / f"{path}{BESIDE}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(scratch) / path, target)
    lines += [f"{name}: its code changed, so it reruns" for name in stages]
    if not dry_run:
        (project / CODE).write_text(written(version("dramatis"), code_digests(load_stages(root)), new))
    return lines or [f"nothing changed: this project is of dramatis {version('dramatis')}"]


KEPT = f"changed here and in the package: yours stays, the new one is beside it as {BESIDE}"


def told(project: Path, recorded: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """What an upgrade does with each file that it does not leave as it is."""
    found = {}
    for path in sorted({*recorded, *new}):
        file = project / path
        here = file_digest(file) if file.is_file() else None
        if path not in new:
            found[path] = "no longer in the package, left"
        elif here == new[path] or recorded.get(path) == new[path]:
            continue  # up to date, or only changed by a person
        elif here is None or here == recorded.get(path):
            found[path] = "replaced" if here else "added"
        else:
            found[path] = KEPT
    return found


def check_code(project: Path = Path()) -> None:
    """Refuses to go on with other code than `code.yaml` says, as DVC would take its results for the old code's.

    Raises:
        ParameterError: the code of some stage is another; names them.
    """
    if stages := changed_stages(project):
        problem = f"the installed code of {', '.join(stages)} is not the one that it names"
        raise ParameterError(str(CODE), problem, "Run `dramatis upgrade`")
