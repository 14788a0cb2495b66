"""A copy of the project in which runs are tried: its own parameters and outputs, the project's dataset and models."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from dramatis.core.errors import InputError, MissingError
from dramatis.core.params import PARAMS
from dramatis.core.tables import write_json

STAGES = ("train", "preview", "score", "release")


def open_scratch(top: Path, project: Path, params: Mapping[str, Any], dataset: Path | None = None) -> Path:
    """A folder in which the stages of a run find what they read; what is there of an earlier call stays, no vote is.

    Args:
        top: the folder.
        project: whose pocket models are used.
        params: content of its params.yaml.
        dataset: in place of the project's.

    Raises:
        MissingError: there is no dataset.
    """
    dataset = (dataset or project / "data/dataset").resolve()
    if not dataset.is_dir():
        raise MissingError(str(dataset), "there is no dataset", "Run `dvc repro dataset` first")
    for place, target in {"data/dataset": dataset, "models/pocket": (project / "models/pocket").resolve()}.items():
        link = top / place
        link.parent.mkdir(parents=True, exist_ok=True)
        if link.is_symlink():
            link.unlink()
        link.symlink_to(target)
    for run in params["runs"]:
        write_json(None, top / f"data/votes/{run}.json")
    text = yaml.safe_dump(dict(params), sort_keys=False)
    if not (top / PARAMS).is_file() or (top / PARAMS).read_text() != text:
        (top / PARAMS).write_text(text)
    return top


def run_stage(top: Path, stage: str, run: str) -> float:
    """Runs the script of a stage for a run in a scratch folder; gives the CPU seconds that it took.

    Raises:
        InputError: the stage failed; with what it said last.
    """
    source = Path(__file__).resolve().parents[3]
    environment = os.environ | {"PYTHONPATH": str(source / "src"), "OMP_WAIT_POLICY": "PASSIVE"}
    log = top / "logs" / f"{run}-{stage}.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("w") as out:
        command = [sys.executable, str(source / "stages" / f"{stage}.py"), run]
        process = subprocess.Popen(command, cwd=top, env=environment, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        lines = log.read_text().strip().splitlines()
        told = next((line for line in reversed(lines) if line.startswith("error: ")), lines[-1] if lines else "nothing")
        raise InputError(f"{stage} of {run}", told.removeprefix("error: ")[-600:], f"See {log}")
    return usage.ru_utime + usage.ru_stime


def verdict(top: Path, run: str) -> dict[str, Any]:
    """What stage `score` said of a run."""
    return json.loads((top / f"data/scores/{run}/verdict.json").read_text())
