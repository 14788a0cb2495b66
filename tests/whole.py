"""The whole project, run once by DVC in a copy with an empty cache: what the slow tests share.

It runs without any network, where this machine allows that, and whoever asks for one is written down.
"""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from dramatis.bench.seeds import copy_project
from dramatis.core.params import PARAMS, read_yaml

TOP = Path(__file__).parents[1]
ASKED = "asked-for-a-network"
"""File in the top folder of a copy with a line for every try to reach a network."""
LOCKS = (
    "dvc.lock",
    "pipelines/programs/dvc.lock",
    "pipelines/videos/dvc.lock",
    "pipelines/pictures/dvc.lock",
    "pipelines/dataset/dvc.lock",
    "pipelines/stories/dvc.lock",
)


def own_programs(patch: pytest.MonkeyPatch) -> None:
    """Commands such as `dvc` are those beside this Python."""
    patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def copy(top: Path, seed: int) -> Path:
    """A copy of this project on another film, without locks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(TOP)
        own_programs(patch)
        copy_project(top, seed)
    for lock in LOCKS:
        (top / lock).unlink()
    return top


@cache
def alone() -> list[str]:
    """What a command begins with to run without any network, not even with itself; empty where that is not allowed."""
    for way in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if shutil.which(way[0]) and not subprocess.run([*way, "true"], capture_output=True).returncode:
            return way
    return []


def repro(top: Path, *targets: str) -> subprocess.CompletedProcess:
    """`dvc repro` in a copy; its code, not the installed one, runs."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    code = f"{top / 'src'}{os.pathsep}{TOP / 'tests' / 'watched'}"
    environment = os.environ | {"PYTHONPATH": code, "PATH": path, "DVC_NO_ANALYTICS": "1"}
    environment["DRAMATIS_ASKED"] = str(top / ASKED)
    return subprocess.run(
        [*alone(), "dvc", "repro", *targets], cwd=top, env=environment, capture_output=True, text=True
    )


def succeed(done: subprocess.CompletedProcess) -> str:
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="session")
def whole_project(tmp_path_factory) -> Path:
    """A copy of this project in which everything ran once, from nothing; whoever changes it puts it back."""
    top = copy(tmp_path_factory.mktemp("whole") / "project", read_yaml(TOP / PARAMS)["film"]["seed"])
    succeed(repro(top))
    return top
