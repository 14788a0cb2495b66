"""A Ray cluster of two nodes, each some processes of this machine, of which the second can be killed."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

RAY = Path(sys.executable).with_name("ray")
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": "1"}


class Cluster:
    """Two nodes of two CPUs each; as a context, gone at its end."""

    def __enter__(self) -> "Cluster":
        self.place = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # paths of sockets must be short
        said = self._start("--head", "--port=0", "--include-dashboard=false", f"--temp-dir={self.place}")
        self.address = re.search(r"--address='([\d.]+:\d+)'", said)[1]
        self.add()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes():
            _kill(process)
        shutil.rmtree(self.place, ignore_errors=True)

    def add(self) -> None:
        """Starts the second node."""
        self._start(f"--address={self.address}", "--node-name=second")

    def kill_second(self) -> None:
        """Ends the second node as a power cut does: its manager and all its workers."""
        managers = [p for p in self._processes() if "--node-name=second" in _words(p) and "raylet/raylet" in _words(p)]
        assert len(managers) == 1, managers
        children = [p for p in self._processes() if _parent(p) == managers[0]]
        for process in (*managers, *children):
            _kill(process)

    def _start(self, *words: str) -> str:
        command = [RAY, "start", "--num-cpus=2", "--object-store-memory=200000000", "--disable-usage-stats", *words]
        paths = os.pathsep.join(path for path in sys.path if path)
        environment = os.environ | QUIET | {"PYTHONPATH": paths}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _processes(self) -> list[int]:
        """All processes that name the cluster's folder."""
        numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
        return [number for number in numbers if self.place in _words(number) or self.place in _variables(number)]


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):  # it ended just now
        os.kill(process, signal.SIGKILL)


def _words(process: int) -> str:
    return _read(process, "cmdline").replace("\0", " ")


def _variables(process: int) -> str:
    return _read(process, "environ")


def _parent(process: int) -> int:
    return int((_read(process, "stat").rpartition(")")[2].split() or ["", "0"])[1])


def _read(process: int, name: str) -> str:
    try:
        return Path(f"/proc/{process}/{name}").read_text(errors="replace")
    except OSError:
        return ""
