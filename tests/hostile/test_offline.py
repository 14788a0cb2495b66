"""The default pipeline needs no network, and does not try to reach one."""

import os
import subprocess
import sys

import pytest
from whole import ASKED, TOP, alone

TRIES = """
import socket
for reach in (lambda: socket.create_connection(("127.0.0.1", 9), 1), lambda: socket.getaddrinfo("example.invalid", 80)):
    try:
        reach()
    except OSError:
        pass
socket.socketpair()
"""
LIBRARIES = """
import accelerate, av, cv2, datasets, diffusers, dvc.repo, huggingface_hub, onnxruntime, peft, pyarrow, sklearn, torch
import transformers, umap
from dramatis.diffusion.load import load_pipeline
"""


def run(code, log):
    path = os.pathsep.join(map(str, (TOP / "src", TOP / "tests/watched")))
    environment = os.environ | {"PYTHONPATH": path, "DRAMATIS_ASKED": str(log)}
    return subprocess.run([*alone(), sys.executable, "-c", code], env=environment, capture_output=True, text=True)


def test_whoever_asks_for_a_network_is_written_down(tmp_path):
    assert run(TRIES, tmp_path / "log").returncode == 0
    lines = (tmp_path / "log").read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["socket.getaddrinfo", "socket.connect", "socket.getaddrinfo"]


def test_in_the_namespace_there_is_nobody_to_reach():
    if not alone():
        pytest.skip("this machine allows no network namespace (`unshare --net`)")
    code = "print(sorted(line.split(':')[0].strip() for line in list(open('/proc/net/dev'))[2:]))"
    assert subprocess.run([*alone(), sys.executable, "-c", code], capture_output=True, text=True).stdout == "['lo']\n"
    done = subprocess.run([*alone(), sys.executable, "-c", "import socket; socket.create_connection(('127.0.0.1', 9))"])
    assert done.returncode


@pytest.mark.slow
def test_libraries_reach_for_no_network_as_they_load(tmp_path):
    done = run(LIBRARIES, tmp_path / "log")
    assert done.returncode == 0, done.stderr[-1000:]
    assert not (tmp_path / "log").exists(), (tmp_path / "log").read_text()


@pytest.mark.slow
def test_the_whole_pipeline_runs_without_a_network(whole_project):
    """`whole_project` ran everything in a namespace without any interface that is up."""
    asked = whole_project / ASKED
    assert not asked.exists(), asked.read_text()
    if not alone():
        pytest.skip("nobody asked for a network; that there was none, this machine cannot prove (`unshare --net`)")
