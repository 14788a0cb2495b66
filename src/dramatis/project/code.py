"""Installed code as something that DVC can watch: one digest a stage in `code.yaml`, instead of files in `src/`."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from dramatis.core.digests import file_digest
from dramatis.core.errors import MissingError
from dramatis.core.params import read_yaml
from dramatis.pipeline.graph import Stage
from dramatis.project.template import PACKAGE

CODE = Path("code.yaml")
SOURCES = "src/dramatis/"

HEAD = """\
# Which code makes each stage: digests of the installed package `dramatis`, and of the files that it put here.
# `dramatis upgrade` writes them anew after `pip install --upgrade dramatis`; stages whose code changed then rerun.
"""


def code_deps(deps: Iterable[str]) -> list[str]:
    """Those of a stage's deps that are code of the package."""
    return [dep for dep in deps if dep.startswith(SOURCES)]


def code_digest(deps: Iterable[str], package: Path = PACKAGE) -> str:
    """Twelve hex digits of the files that code deps stand for, paths and bytes.

    A placeholder, such as the backend in use, stands for all that could be there: a project may change it.

    Raises:
        MissingError: the package holds no file for a dep.
    """
    digest = hashlib.sha256()
    for dep in sorted(deps):
        files = sorted(_files(dep.removeprefix(SOURCES), package))
        if not files:
            raise MissingError(dep, "the installed package does not hold it", "Install dramatis anew")
        for file in files:
            digest.update(f"{file_digest(file)}  {file.relative_to(package).as_posix()}\n".encode())
    return digest.hexdigest()[:12]


def code_digests(stages: Iterable[Stage], package: Path = PACKAGE) -> dict[str, str]:
    """The digest of each stage's code, by the stage's name; of stages with code deps in their pipeline file."""
    return {stage.name: code_digest(code_deps(stage.deps), package) for stage in stages if code_deps(stage.deps)}


def watched(text: str) -> str:
    """A pipeline file in which each stage depends on its digest in `code.yaml` instead of on files in `src/`."""
    yaml = YAML()
    yaml.width = 4096
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    pipeline = yaml.load(text)
    for name, stage in pipeline["stages"].items():
        body = stage.get("do", stage)
        if not code_deps(body.get("deps", ())):
            continue
        for number in reversed([n for n, dep in enumerate(body["deps"]) if dep.startswith(SOURCES)]):
            del body["deps"][number]
        if "params" not in body:
            body.insert(list(body).index("deps") + 1, "params", [])
        body["params"].append({CODE.as_posix(): [f"stages.{name}"]})
    out = StringIO()
    yaml.dump(pipeline, out)
    return out.getvalue()


def read_code(file: Path = CODE) -> dict[str, Any]:
    """The content of `code.yaml`; empty where there is none, as in a clone of this repository."""
    return read_yaml(file) if file.is_file() else {}


def written(version: str, stages: Mapping[str, str], files: Mapping[str, str]) -> str:
    """The text of `code.yaml`.

    Args:
        version: of the package.
        stages: digest of each stage's code.
        files: sha256 of each file that the package put into the project, by its path.
    """
    lines = [HEAD.rstrip(), f"dramatis: {version}", "stages:"]
    lines += [f"  {name}: '{digest}'" for name, digest in sorted(stages.items())]
    lines += ["files:", *(f"  {path}: '{digest}'" for path, digest in sorted(files.items()))]
    return "\n".join(lines) + "\n"


def _files(dep: str, package: Path) -> Iterable[Path]:
    for found in package.glob(re.sub(r"\$\{[^}]+\}", "*", dep)):
        for file in found.rglob("*") if found.is_dir() else [found]:
            if file.is_file() and "__pycache__" not in file.parts:
                yield file
