"""Jobs: `dvc repro` beside the page, its log line by line."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

from dramatis.core.pipes import opened


class Goal(NamedTuple):
    """What the pipeline is asked for.

    Attributes:
        name: of its button.
        label: what stands on that.
        targets: stages as `dvc repro` takes them; none: all.
        alone: run these and nothing that they need: a click on a story trains no run.
    """

    name: str
    label: str
    targets: Sequence[str]
    alone: bool = False


CAST = Goal("cast", "Names (stage cast)", ["pipelines/dataset/dvc.yaml:cast"])
CAPTIONS = Goal("captions", "Captions (stage caption)", ["pipelines/dataset/dvc.yaml:caption"])
ALL = Goal("all", "Everything", [])

State = Literal["running", "stopping", "done", "failed", "stopped"]
LOG_LINES = 2000
_STAGE = re.compile(r"^(?:Running stage|Stage) '([^']+)'")
_BAR = re.compile(r"(\S.*?):\s+(\d+)%\|")


class Job:
    """One run of a command; all may be read while it runs.

    Attributes:
        lines: what it said, one bar of progress in one line.
        stage: the stage it is at.
        share: how far the progress bar of that stage is [0..1]; null without one.
    """

    def __init__(self, command: Sequence[str], folder: Path = Path()):
        self.lines: list[str] = []
        self.stage = ""
        self.share: float | None = None
        self._stopped = False
        self._code: int | None = None
        environment = os.environ | {
            "PYTHONUNBUFFERED": "1",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        self._process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends it as Ctrl-C would: what is finished stays. Asked again, it ends DVC, and a stage that hangs with it."""
        if not self.ended:
            number = signal.SIGTERM if self._stopped else signal.SIGINT
            self._stopped = True
            with suppress(ProcessLookupError):  # it ended just now
                os.killpg(self._process.pid, number)

    def tell(self, line: str) -> None:
        """Adds to what it said."""
        self.lines = [*self.lines[-LOG_LINES:], line]

    @property
    def state(self) -> State:
        """Where it is; it is stopping until all of it has ended."""
        if self._code is None:
            return "stopping" if self._stopped else "running"
        return "stopped" if self._stopped else "failed" if self._code else "done"

    @property
    def ended(self) -> bool:
        """True if it has ended, and all that wrote to its log."""
        return self._code is not None

    def wait(self, timeout_s: float | None = None) -> None:
        """Waits until it ended."""
        self._thread.join(timeout_s)

    def _listen(self) -> None:
        try:
            for line in _lines(self._process):
                self._hear(line)
        finally:
            self._code = self._process.wait()

    def _hear(self, line: str) -> None:
        if found := _STAGE.match(line):
            self.stage, self.share = found[1].split(":")[-1], None
        if found := _BAR.search(line):
            self.share = int(found[2]) / 100
            if self.lines and (last := _BAR.search(self.lines[-1])) and last[1] == found[1]:
                self.lines[-1] = line
                return
        if line.strip():
            self.tell(line)


def _lines(process: subprocess.Popen[bytes]) -> Iterator[str]:
    """Lines as they come; a bar that is drawn anew is a line too."""
    rest = ""
    pipe = opened(process.stdout).fileno()
    while data := os.read(pipe, 65536):
        *whole, rest = re.split(r"[\r\n]", rest + data.decode(errors="replace"))
        yield from whole
    if rest:
        yield rest


class Runner:
    """Runs of the pipeline, one at a time for all tabs; may be asked from any thread.

    Attributes:
        job: the last run; null before the first.
    """

    def __init__(self) -> None:
        self.job: Job | None = None
        self._lock = threading.Lock()

    @property
    def busy(self) -> bool:
        """True while a run is on."""
        return self.job is not None and not self.job.ended

    def start(self, goal: Goal) -> Job:
        """Starts `dvc repro` in the working folder, unless it runs already."""
        with self._lock:
            if self.job is None or self.job.ended:
                self.job = Job([sys.executable, "-m", "dvc", "repro", *["--single-item"] * goal.alone, *goal.targets])
            return self.job

    def stop(self) -> None:
        """Ends a run that is still on."""
        if self.job:
            self.job.stop()
