"""Starting what is to be disturbed, and seeing what became of it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from dramatis.bench.faults_project import Subject, environment
from dramatis.core.digests import tree_digest

MARK = "DRAMATIS_FAULTS"
"""Variable by which the processes of one trial are found, whoever their parent is by now."""
LIMIT_S = 180
GONE_S = 6.0
"""How long processes may live on after a fault [s]; `core.orphans` gives itself five."""
TELLS = ("error: ", "stopped: ")
DONE = "Use `dvc push` to send your updates to remote storage."
"""What DVC says last: a Ctrl-C after that meets a Python that ends, and nothing was left undone."""


class Ended(NamedTuple):
    """What a disturbed command came to.

    Attributes:
        code: its exit status, negative if a signal ended it.
        text: all it said.
        spoken: whether it had a chance to say something.
        by_dvc: whether DVC ran it, which says things its own way.
        hung: it was still there after `LIMIT_S`.
        noisy: libraries may say more before our own line, as Python's `hashlib` does for want of memory.
    """

    code: int
    text: str
    spoken: bool = True
    by_dvc: bool = False
    hung: bool = False
    noisy: bool = False


@dataclass
class Running:
    """A command of a trial."""

    process: subprocess.Popen[bytes]
    log: Path
    mark: str
    by_dvc: bool

    def end(self, spoken: bool = True, limit_s: float = LIMIT_S) -> Ended:
        """Waits for it."""
        hung = False
        try:
            self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            hung = True
            self.kill_all()
        return Ended(self.process.returncode, self.log.read_text(errors="replace"), spoken, self.by_dvc, hung)

    def kill_all(self) -> None:
        """Ends the whole group, so that a trial leaves nothing to the next."""
        for number in processes(self.mark):
            kill(number, signal.SIGKILL)
        self.process.wait()

    def alive(self) -> bool:
        return self.process.poll() is None


@dataclass
class Bench:
    """A project, and the numbers of its trials."""

    top: Path
    logs: Path
    _numbers: "count[int]" = field(default_factory=count)
    marks: list[str] = field(default_factory=list)

    def start(
        self,
        command: Sequence[str],
        by_dvc: bool = False,
        more: dict[str, str] | None = None,
        before: Sequence[str] = (),
    ) -> Running:
        """Starts a command in a session of its own.

        Args:
            more: variables of its environment.
            before: a program that runs it, such as `setpriv`.
        """
        mark = f"{os.getpid()}-{self.top.parent.name}-{next(self._numbers)}"
        self.marks.append(mark)
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{mark}.log"
        variables = environment(self.top) | {MARK: mark} | (more or {})
        with log.open("w") as out:
            process = subprocess.Popen(
                [*before, *command],
                cwd=self.top,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return Running(process, log, mark, by_dvc)

    def script(self, subject: Subject, **more: Any) -> Running:
        """The script of a stage, without DVC."""
        return self.start([sys.executable, *subject.command], **more)

    def repro(self, subject: Subject, *options: str) -> Running:
        """`dvc repro` of the stage alone."""
        return self.start(["dvc", "repro", "-s", *options, subject.address], by_dvc=True)

    def half(self, subject: Subject) -> list[str]:
        """Outputs that are there, but are not those of the undisturbed run."""
        there = [str(out) for out in subject.outs if (self.top / out).exists()]
        return [out for out in there if tree_digest(self.top / out) != subject.digests[out]]

    def wrong(self, subject: Subject) -> list[str]:
        """Outputs that are not those of the undisturbed run, missing ones too."""
        missing = [str(out) for out in subject.outs if not (self.top / out).exists()]
        return missing + self.half(subject)

    def litter(self, subject: Subject) -> list[str]:
        """Scratch beside the outputs."""
        return sorted(
            str(left.relative_to(self.top))
            for out in subject.outs
            for left in (self.top / out).parent.glob(f".{out.name}.*.part")
        )

    def left_running(self) -> list[str]:
        """Command lines of processes of the trials so far that live on after `GONE_S`; they are ended."""
        until = time.monotonic() + GONE_S
        while (left := [number for mark in self.marks for number in processes(mark)]) and time.monotonic() < until:
            time.sleep(0.1)
        lines = [command_line(number) for number in left]
        for number in left:
            kill(number, signal.SIGKILL)
        self.marks.clear()
        return lines


def processes(mark: str) -> list[int]:
    """Numbers of the living processes with a mark in their environment."""
    wanted, found = f"{MARK}={mark}\0".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "environ").read_bytes() and _state(folder) != "Z":
                found.append(int(folder.name))
        except OSError:  # it ended meanwhile, or is not ours
            continue
    return found


def _state(folder: Path) -> str:
    return (folder / "stat").read_text().rsplit(")", 1)[1].split()[0]


def command_line(number: int) -> str:
    """Of a process; empty if it is gone."""
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def kill(number: int, what: signal.Signals) -> None:
    """A signal to a process that may be gone."""
    try:
        os.kill(number, what)
    except ProcessLookupError:
        return


def told(ended: Ended) -> str | None:
    """What is wrong with the way a failed command said so; None if it is one clear line."""
    lines = ended.text.replace("\r", "\n").splitlines()
    own = [line for line in lines if line.startswith(TELLS)]
    if "Traceback (most recent call last)" in ended.text and not (ended.noisy and own):
        return f"a traceback: {next((line for line in reversed(lines) if line.strip()), '')[:120]}"
    if ended.by_dvc:
        return None if own or DONE in lines or any("ERROR" in line for line in lines) else "no line says what happened"
    return None if len(own) == 1 else f"{len(own)} lines say what happened"
