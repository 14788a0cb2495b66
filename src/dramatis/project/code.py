"""Installed code as something that DVC can watch: a digest in `code.yaml`, instead of files in `src/`."""

from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from dramatis.core.digests import files_digest
from dramatis.core.errors import MissingError
from dramatis.core.params import read_yaml
from dramatis.programs.closure import PACKAGE

CODE = Path("code.yaml")
LISTED = "src/dramatis/"
"""How a pipeline file names code of the package."""

HEAD = """\
# Which code makes the stages: a digest of the installed package `dramatis`, and of each file that it put here.
# `dramatis upgrade` writes it anew after `pip install --upgrade dramatis`; stages whose code changed then rerun.
"""


def code_deps(deps: Iterable[str]) -> list[str]:
    """Those of a stage's deps that are code of the package."""
    return [dep for dep in deps if dep.startswith(LISTED)]


def deps_digest(deps: Iterable[str], package: Path = PACKAGE) -> str:
    """Twelve hex digits of the files that code deps stand for, paths and bytes.

    Raises:
        MissingError: the package holds no file for a dep.
    """
    found: set[Path] = set()
    for dep in deps:
        place = package / dep.removeprefix(LISTED)
        files = [file for file in (place.rglob("*") if place.is_dir() else [place]) if _counts(file)]
        if not files:
            raise MissingError(dep, "the installed package does not hold it", "Install dramatis anew")
        found.update(files)
    return files_digest(found, package)[:12]


def watched(text: str) -> str:
    """A pipeline file in which a stage depends on `code.yaml` instead of on files in `src/`."""
    yaml = YAML()
    yaml.width = 4096
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    pipeline = yaml.load(text)
    for stage in pipeline["stages"].values():
        body = stage.get("do", stage)
        if not code_deps(body.get("deps", ())):
            continue
        for number in reversed([n for n, dep in enumerate(body["deps"]) if dep.startswith(LISTED)]):
            del body["deps"][number]
        body["params"].append({CODE.as_posix(): ["package"]})
    out = StringIO()
    yaml.dump(pipeline, out)
    return out.getvalue()


def read_code(file: Path = CODE) -> dict[str, Any]:
    """The content of `code.yaml`; empty where there is none, as in a clone of this repository."""
    return read_yaml(file) if file.is_file() else {}


def written(version: str, package: str, files: Mapping[str, str]) -> str:
    """The text of `code.yaml`.

    Args:
        version: of the package.
        package: digest of its code.
        files: sha256 of each file that the package put into the project, by its path.
    """
    lines = [HEAD.rstrip(), f"dramatis: {version}", f"package: '{package}'"]
    lines += ["files:", *(f"  {path}: '{digest}'" for path, digest in sorted(files.items()))]
    return "\n".join(lines) + "\n"


def _counts(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts
