"""The whole project, run once by DVC in a copy with an empty cache: what the slow tests share."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dramatis.bench.seeds import copy_project
from dramatis.core.params import PARAMS, read_yaml

TOP = Path(__file__).parents[1]
LOCKS = (
    "dvc.lock",
    "pipelines/programs/dvc.lock",
    "pipelines/videos/dvc.lock",
    "pipelines/pictures/dvc.lock",
    "pipelines/dataset/dvc.lock",
)


def copy(top: Path, seed: int) -> Path:
    """A copy of this project on another film, without locks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(TOP)
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        copy_project(top, seed)
    for lock in LOCKS:
        (top / lock).unlink()
    return top


def repro(top: Path, *targets: str) -> subprocess.CompletedProcess:
    """`dvc repro` in a copy; its code, not the installed one, runs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PYTHONPATH": str(top / "src"), "PATH": path, "DVC_NO_ANALYTICS": "1"}
    return subprocess.run(["dvc", "repro", *targets], cwd=top, env=environment, capture_output=True, text=True)


def succeed(done: subprocess.CompletedProcess) -> str:
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="session")
def whole_project(tmp_path_factory) -> Path:
    """A copy of this project in which everything ran once, from nothing; whoever changes it puts it back."""
    top = copy(tmp_path_factory.mktemp("whole") / "project", read_yaml(TOP / PARAMS)["film"]["seed"])
    succeed(repro(top))
    return top
