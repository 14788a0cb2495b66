"""Faults that end a stage, or take from it what it works with: signals, and memory."""

import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from dramatis.bench.faults_project import Subject, clear
from dramatis.bench.faults_watch import Bench, Ended, Running, command_line, kill, processes
from dramatis.core.stage import LOCKS

START_S = 0.3
"""What Python needs to start [s], about; before that nobody can say anything."""
ROOM = 24 * 2**20
"""What a stage may still allocate when its memory is limited [bytes]."""


def wait(running: Running, seconds: float) -> None:
    """Sleeps, unless the command ends before."""
    until = time.monotonic() + seconds
    while running.alive() and time.monotonic() < until:
        time.sleep(0.005)


def wait_for_writing(bench: Bench, subject: Subject, running: Running, rng: Random) -> None:
    """Until the first output is there in part, and a moment longer."""
    while running.alive() and not bench.litter(subject):
        time.sleep(0.001)
    wait(running, rng.uniform(0, 0.03))


def wait_at_work(bench: Bench, subject: Subject, running: Running, at: float) -> None:
    """Until the stage holds its lock, from when on it can tell how it ends, and then a share of its own duration."""
    lock = bench.top / LOCKS / subject.name
    while running.alive() and not (lock.is_file() and _number(lock) in processes(running.mark)):
        time.sleep(0.005)
    wait(running, at * max(subject.seconds - START_S, 0))


def _number(lock: Path) -> int:
    """The process that has entered itself in a lock, 0 for none."""
    text = lock.read_text().strip()
    return int(text) if text.isdecimal() else 0


@contextmanager
def kill_stage(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended]:
    """`kill -9` of the stage's process; at 1 while it writes its outputs."""
    clear(bench.top, subject)
    running = bench.script(subject)
    if at >= 1:
        wait_for_writing(bench, subject, running, rng)
    else:
        wait(running, at * subject.seconds)
    kill(running.process.pid, signal.SIGKILL)
    yield running.end(spoken=False)


@contextmanager
def terminate_stage(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended]:
    """SIGTERM to the stage's process."""
    clear(bench.top, subject)
    running = bench.script(subject)
    wait_at_work(bench, subject, running, at)
    kill(running.process.pid, signal.SIGTERM)
    yield running.end()


def _under_dvc(bench: Bench, subject: Subject, at: float) -> Running:
    """`dvc repro` of a stage, at a share of the duration of its script."""
    running = bench.repro(subject, "-f")
    wait_at_work(bench, subject, running, at)
    return running


def _script_of(running: Running, subject: Subject) -> list[int]:
    return [n for n in processes(running.mark) if n != running.process.pid and subject.command[0] in command_line(n)]


@contextmanager
def kill_dvc(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended]:
    """`kill -9` of DVC alone: the stage must not write on."""
    running = _under_dvc(bench, subject, at)
    kill(running.process.pid, signal.SIGKILL)
    yield running.end(spoken=False)


@contextmanager
def terminate_dvc(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended]:
    """SIGTERM to DVC alone, which ends it without a word."""
    running = _under_dvc(bench, subject, at)
    kill(running.process.pid, signal.SIGTERM)
    yield running.end(spoken=False)


@contextmanager
def interrupt(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended]:
    """Ctrl-C: SIGINT to DVC, the stage and its workers at once."""
    running = _under_dvc(bench, subject, at)
    for number in processes(running.mark):
        kill(number, signal.SIGINT)
    yield running.end()


@contextmanager
def kill_worker(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended | None]:
    """`kill -9` of a worker process, as the system does when memory is used up; None if the stage has none."""
    clear(bench.top, subject)
    running = bench.script(subject)
    workers: list[int] = []
    while running.alive() and not (workers := _workers(running)):
        time.sleep(0.01)
    if not workers:
        running.end()
        yield None
        return
    wait(running, rng.uniform(0, 0.5))
    if chosen := [number for number in workers if command_line(number)]:
        kill(rng.choice(chosen), signal.SIGKILL)
    yield running.end()


def _workers(running: Running) -> list[int]:
    return [number for number in processes(running.mark) if "spawn_main" in command_line(number)]


@contextmanager
def no_memory(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended]:
    """From a moment on the process may not grow: the next large array does not fit. Libraries may then abort it, and
    DVC says so."""
    running = _under_dvc(bench, subject, at)
    for number in _script_of(running, subject):
        if space := _address_space(number):
            resource.prlimit(number, resource.RLIMIT_AS, (space + ROOM, space + ROOM))
    yield running.end()._replace(noisy=True)


def _address_space(number: int) -> int:
    """Bytes of address space that a process has."""
    try:
        return int(Path(f"/proc/{number}/statm").read_text().split()[0]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


@contextmanager
def two_scripts(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended]:
    """The script of a stage twice at once."""
    clear(bench.top, subject)
    first = bench.script(subject)
    wait(first, at * subject.seconds)
    second = bench.start([sys.executable, *subject.command])
    yield _worse(first.end(), second.end())


@contextmanager
def two_repros(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended]:
    """`dvc repro` of the stage twice at once."""
    first = bench.repro(subject, "-f")
    wait(first, rng.uniform(0, 2))
    second = bench.repro(subject, "-f")
    yield _worse(first.end(), second.end())


def _worse(first: Ended, second: Ended) -> Ended:
    """The one that failed, if one did. Both may succeed, one after the other."""
    if first.code and second.code:
        return Ended(first.code, "both failed\n" + first.text + second.text, first.spoken, first.by_dvc, True)
    return first if first.code else second
