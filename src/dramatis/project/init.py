"""`dramatis init`: a folder in which `dvc repro` works, wherever the package is installed."""

import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from dramatis.core.digests import file_digest
from dramatis.core.errors import InputError, MissingError
from dramatis.core.params import read_yaml
from dramatis.core.tables import whole_folder
from dramatis.pipeline.graph import FILES as PIPELINES
from dramatis.pipeline.graph import load_stages
from dramatis.project.code import CODE, code_deps, deps_digest, watched, written
from dramatis.project.presets import overlaid
from dramatis.project.template import POCKET, pocket_files, project_files, template_root

OWN = ("params.yaml", "cast.yaml", "captions.yaml", "votes.yaml", "grammar.yaml")
"""Files that are a person's from the first moment: an upgrade never touches them."""

GITIGNORE = """\
# What stages write. Committed rather than left to DVC, whose own entries get lost when a later stage fails.
/data/
# `?*` and not `*`: DVC takes a folder whose `*` is ignored for ignored itself, and looks for no .dvc files in it.
/models/?*
!/models/*.dvc
!/models/real/
/models/real/**
!/models/real/**/
!/models/real/**/*.dvc
!/models/real.lock
/metrics/plots/
/work/
/sheets/
/dvc_plots/
# Your videos and reference pictures: DVC tracks them (`dvc add`), git keeps the small .dvc files
/raw/?*
!/raw/*.dvc

.venv/
__pycache__/
"""

README = """\
# {name}

Made by `dramatis init`. `params.yaml` holds every value that decides a result, `cast.yaml` what people say about who is
who; `dvc.yaml` and `pipelines/` say which stage needs what, and `stages/` holds their scripts.

```bash
{first}dramatis check                  # what is wrong, before anything runs
dvc repro                       # whatever is stale, and nothing else
dramatis status
```

After `pip install --upgrade dramatis`: `dramatis upgrade`, which shows which stages' code changed.
"""

FIRST = """\
dramatis add …/episode-1.mkv    # copies it into raw/, puts it under DVC and into params.yaml; or a folder, an address
dramatis preset live-action     # or anime; shows what changed, and says which weights to fetch
"""

DVC_CONFIG = """\
[core]
    analytics = false
    autostage = false
    check_update = false
[cache]
    type = "reflink,copy"
"""

EMPTY = {
    "videos": "videos: {}                  # id: {source: raw/episode-1.mkv}; `dramatis add` writes it",
    "runs": "runs: {}                    # id: {method: lora, characters: [ann], base: models/real/…}",
    "stories": "stories: {}                 # id: {line: '`ann` meets `bob`', runs: [ann, bob]}",
}
"""What stands in place of the sample film's videos, runs and stories."""

OWN_VALUES = {"film": {"titles": []}, "cast": {"references": "raw/references"}}
"""What else differs from the sample film's values in a project for somebody's own videos."""


def init_project(out: Path, sample: bool = False, preset: str | None = None) -> list[str]:
    """Makes a project folder, a repository of git and DVC with nothing committed yet; gives lines to print.

    Args:
        out: new or empty folder.
        sample: with the sample film, so that `dvc repro` has something to do at once.
        preset: name of a preset to write into its `params.yaml`.

    Raises:
        InputError: the folder holds something, or git or DVC refuses it.
        MissingError: there is no preset of that name.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(str(out), "it is there and holds something", "Name a new or an empty folder")
    root = template_root()
    name = out.resolve().name
    with whole_folder(out.resolve()) as folder:
        files = install_files(root, folder)
        params = own_params((root / "params.yaml").read_text(), sample)
        (folder / "params.yaml").write_text(with_preset(params, root, preset) if preset else params)
        for file in pocket_files(root):
            _copy(root / file, folder / file)
        (folder / CODE).write_text(written(version("dramatis"), package_digest(root), files))
        (folder / ".gitignore").write_text(GITIGNORE)
        (folder / "README.md").write_text(README.format(name=name, first="" if sample else FIRST))
        (folder / "raw/references").mkdir(parents=True)
    _under_version_control(out)
    lines = [f"{out}: made, with nothing committed yet: `git add --all && git commit` when you like"]
    then = "dvc repro" if sample else "dramatis add VIDEO && dramatis check && dvc repro"
    return [*lines, f"next: cd {out} && {then}"]


def package_digest(root: Path) -> str:
    """The digest of all code that stages run, which stage `programs` of the template lists."""
    return deps_digest(code_deps(dep for stage in load_stages(root) for dep in stage.deps))


def install_files(root: Path, folder: Path) -> dict[str, str]:
    """Puts the template's files into a folder; gives the sha256 of each that an upgrade may replace."""
    pipelines = {file.as_posix() for file in PIPELINES}
    digests = {}
    for file in project_files(root):
        if file.as_posix() in pipelines:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(watched((root / file).read_text()))
        else:
            _copy(root / file, folder / file)
        if file.as_posix() not in OWN:
            digests[file.as_posix()] = file_digest(folder / file)
    return digests


def own_params(text: str, sample: bool) -> str:
    """`params.yaml` of a new project: of the sample film as it is, otherwise without films, videos and runs."""
    if sample:
        return text
    for section, line in EMPTY.items():
        text = re.sub(rf"(?m)^{section}:.*\n(?:(?: .*)?\n)*", f"{line}\n\n", text)
    return overlaid(text, OWN_VALUES, "dramatis init")


def with_preset(text: str, root: Path, preset: str) -> str:
    """`params.yaml` with the values of a preset of the template."""
    file = root / "presets" / f"{preset}.yaml"
    if not file.is_file():
        there = ", ".join(sorted(other.stem for other in file.parent.glob("*.yaml")))
        raise MissingError(preset, "there is no such preset", f"Choose one of: {there}")
    return overlaid(text, read_yaml(file), f"presets/{preset}.yaml")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _under_version_control(project: Path) -> None:
    """Makes it a repository of git, unless it lies in one, and of DVC, which also takes the pocket models."""
    inside = not _done(project, "git", "rev-parse", "--is-inside-work-tree").returncode
    if not inside:
        _run(project, "git", "init", "--quiet")
    dvc = [sys.executable, "-m", "dvc"]
    _run(project, *dvc, "init", "--quiet", *(["--subdir"] if inside else []))
    (project / ".dvc/config").write_text(DVC_CONFIG)
    _run(project, *dvc, "add", "--quiet", str(POCKET))


def _done(project: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        remedy = f"Install {command[0]}, remove the folder, then run it again"
        raise InputError(command[0], "it is not installed", remedy) from None


def _run(project: Path, *command: str) -> None:
    done = _done(project, *command)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no word"])[-1]
        what = " ".join(command).removeprefix(f"{sys.executable} -m ")
        raise InputError(str(project), f"`{what}` failed: {said}", "Mend that, remove the folder, then run it again")
