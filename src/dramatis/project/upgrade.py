"""`dramatis upgrade`: a project after another version of the package was installed."""

import shutil
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from dramatis.core.digests import file_digest
from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.params import PARAMS, read_yaml, validate
from dramatis.programs.params import SECTIONS, BackendChoice
from dramatis.programs.run import run as write_programs
from dramatis.project.code import CODE, read_code, written
from dramatis.project.init import install_files, package_digest
from dramatis.project.template import template_root

PROGRAMS = Path("data/programs")
"""What stage `programs` writes."""
BESIDE = ".new"


def changed_stages(project: Path = Path()) -> list[str]:
    """Stages whose code does something else than when they ran, by name; all of it is read.

    Those that stage `programs` has not seen yet are not told.
    """
    here = project / PROGRAMS
    if not here.is_dir():
        return []
    file = str(project / PARAMS)
    choices = {
        folder: validate(read_yaml(project / PARAMS)[section], BackendChoice, file, section)
        for folder, section in SECTIONS.items()
    }
    with tempfile.TemporaryDirectory() as scratch:
        write_programs(choices, Path(scratch) / "programs", project)
        new = {file.stem: file.read_bytes() for file in (Path(scratch) / "programs").iterdir()}
    old = {file.stem: file.read_bytes() for file in here.glob("*.json")}
    return sorted(name for name in new if name in old and new[name] != old[name])


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
    package, stages = package_digest(root), changed_stages(project)
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
    if package != recorded.get("package") and not stages:
        lines.append("the code of the package changed, and no stage runs what changed")
    if not dry_run:
        (project / CODE).write_text(written(version("dramatis"), package, new))
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
        ParameterError: the code is another.
    """
    recorded = read_code(project / CODE)
    if recorded and recorded.get("package") != package_digest(template_root()):
        problem = f"it names the code of dramatis {recorded.get('dramatis')}, and another is installed"
        raise ParameterError(str(CODE), problem, "Run `dramatis upgrade`")
