"""A small project in which everything can break: made once, every stage measured, its bytes remembered."""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from dramatis.bench.seeds import copy_project
from dramatis.core.digests import tree_digest, value_digest
from dramatis.core.errors import InputError
from dramatis.core.params import PARAMS, read_yaml
from dramatis.pipeline.graph import FILES, Stage, filled, load_stages

SEED = 7
"""Of the film."""
REMEMBERED = "subjects.json"
CODE = ("src/dramatis", "stages", *map(str, FILES))
"""What decides what a stage writes, beside the parameters."""


@dataclass(frozen=True)
class Subject:
    """A stage of one item, undisturbed.

    Attributes:
        name: `frames@e01`.
        address: as `dvc repro` takes it.
        command: the script and its item.
        inputs: files and folders that it reads, beside code.
        digests: of every file and folder that it writes.
        seconds: that its script takes [s].
        size: bytes of what it writes.
    """

    name: str
    address: str
    command: tuple[str, ...]
    inputs: tuple[str, ...]
    digests: dict[str, str]
    seconds: float
    size: int

    @property
    def outs(self) -> tuple[Path, ...]:
        return tuple(map(Path, self.digests))


def build(top: Path) -> list[Subject]:
    """Makes the project and runs it once; of one that is there already, only what is stale.

    Raises:
        InputError: a stage failed, or did not write the same bytes twice.
    """
    if not (top / PARAMS).is_file():
        copy_project(top, SEED)
        (top / PARAMS).write_text(yaml.safe_dump(_shrunk(read_yaml(top / PARAMS)), sort_keys=False))
        for lock in top.rglob("dvc.lock"):
            if "pocket" not in lock.parts:
                lock.unlink()
    _update(top)
    done = subprocess.run(["dvc", "repro"], cwd=top, env=environment(top), capture_output=True, text=True)
    if done.returncode:
        raise InputError(str(top), f"the undisturbed run failed: {done.stderr.strip()[-300:]}", "Mend that first")
    kept = top.with_name(REMEMBERED)
    key = value_digest([tree_digest(top / part) for part in (*CODE, str(PARAMS))])
    told = json.loads(kept.read_text()) if kept.is_file() else {}
    if told.get("key") != key:
        told = {"key": key, "subjects": [asdict(measured(top, stage)) for stage in one_of_each(top)]}
        kept.write_text(json.dumps(told, indent=1))
    return [Subject(**{**row, **_tuples(row)}) for row in told["subjects"]]


def _update(top: Path) -> None:
    """Brings the code of the copy up to date."""
    for part in CODE:
        for file in files_of(Path(part)):
            copy = top / file
            if file.suffix != ".pyc" and (not copy.is_file() or copy.read_bytes() != file.read_bytes()):
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, copy)


def environment(top: Path) -> dict[str, str]:
    """In which stages and DVC of the copy run its own code."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {
        "PYTHONPATH": str(top / "src"),
        "PATH": path,
        "DVC_NO_ANALYTICS": "1",
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
    }


def clear(top: Path, subject: Subject) -> None:
    """Removes what a stage writes, as DVC does before it runs it."""
    for out in subject.outs:
        remove(top / out)


def remove(path: Path) -> None:
    """A file or a folder, whichever is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def files_of(path: Path) -> list[Path]:
    """The files of a folder in order, or the one file."""
    return sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(row[key]) for key in ("command", "inputs")}


def _shrunk(params: dict[str, Any]) -> dict[str, Any]:
    """The same pipeline with little to do: half the film, one run of few steps, few previews, two workers."""
    params["film"]["episode_s"] = 24
    params["runs"] = {"solo": params["runs"]["solo"]}
    params["stories"] = {"lost": {"line": "`cyrus` loses an umbrella in the snow", "runs": ["solo"], "panels": 2}}
    params["train"] |= {"steps": 16, "save_every": 8}
    for kind in ("tags", "fixed", "pair", "forget", "control"):
        params["preview"][kind]["images"] = 1
    params["preview"]["fixed"]["prompts"] = params["preview"]["fixed"]["prompts"][:2]
    params["preview"]["forget"]["prompts"] = params["preview"]["forget"]["prompts"][:1]
    params["preview"]["drawing"]["steps"] = params["regularize"]["drawing"]["steps"] = 2
    params["regularization"]["drawn"]["count"] = 4
    params["score"]["resamples"] = 100
    for section in ("detect", "landmark", "embed"):
        params[section]["workers"] = 2
    return params


def one_of_each(top: Path) -> list[Stage]:
    """Every stage, of its first item."""
    found: dict[str, Stage] = {}
    for stage in filled(load_stages(top), read_yaml(top / PARAMS)):
        found.setdefault(stage.name.split("@")[0], stage)
    return list(found.values())


def measured(top: Path, stage: Stage) -> Subject:
    """A stage that has run, run once more by its script alone.

    Raises:
        InputError: it fails, or does not write the same bytes again.
    """
    digests = {out: tree_digest(top / out) for out in stage.outs}
    size = sum(file.stat().st_size for out in stage.outs for file in files_of(top / out))
    address = stage.name if stage.file == Path("dvc.yaml") else f"{stage.file}:{stage.name}"
    inputs = tuple(dep for dep in stage.data if (top / dep).exists())
    subject = Subject(stage.name, address, tuple(stage.cmd.split()[1:]), inputs, digests, 0.0, size)
    clear(top, subject)
    start = time.monotonic()
    command = [sys.executable, *subject.command]
    done = subprocess.run(command, cwd=top, env=environment(top), capture_output=True, text=True)
    seconds = time.monotonic() - start
    again = {out: tree_digest(top / out) for out in stage.outs if (top / out).exists()}
    if done.returncode or again != digests:
        raise InputError(stage.name, "it does not write the same bytes twice", "Mend that first")
    return Subject(stage.name, address, subject.command, inputs, digests, round(seconds, 2), size)
