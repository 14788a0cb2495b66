"""`dramatis repro`: runs whatever is stale, as many stages at a time as asked for."""

import logging
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from dramatis.core.errors import InputError
from dramatis.core.yaml_lines import fast_yaml
from dramatis.pipeline.graph import FILES
from dramatis.pipeline.locks import refuse_cut_locks
from dramatis.running.alone import alone
from dramatis.running.gpus import slots
from dramatis.running.processes import Child, Keeper, complaint, log_of, outcome_of, start, stop
from dramatis.running.schedule import Outcome, Schedule
from dramatis.running.show import View, plan_lines
from dramatis.running.tasks import read_tasks

log = logging.getLogger(__name__)
LOOK_EVERY_S = 0.05


def repro(targets: Sequence[str], jobs: int, gpus: int | None, dry_run: bool, keep_going: bool) -> None:
    """Brings the targets up to date with the same result as `dvc repro`, independent stages side by side.

    Raises:
        InputError: a stage failed, or another `dramatis repro` or a `dramatis prune` runs here.
    """
    with View() as view, alone(), _signals() as signals:
        refuse_cut_locks()
        tasks = read_tasks(targets)
        if not targets and (gone := _gone({task.address for task in tasks})):
            log.warning("%d stages of the locks are gone, such as %s: `dramatis prune` first", len(gone), gone[0])
        if dry_run:
            for line in plan_lines(tasks):
                view.console.print(line, markup=False)
            return
        schedule = Schedule(tasks, jobs, slots(gpus), keep_going)
        with Keeper() as keeper:
            work_s = _course(schedule, view, signals, keeper)
        view.summary(schedule, work_s)
    if schedule.failed:
        raise _failure(schedule)


def _course(schedule: Schedule, view: View, signals: list[int], keeper: Keeper) -> float:
    """Starts what may start, and waits for what runs, until neither is left; gives the time that all took together."""
    children: dict[str, Child] = {}
    work_s = 0.0
    try:
        while True:
            while not signals and (task := schedule.startable()):
                slot = schedule.start(task)
                children[task.address] = start(task.address, keeper, slot, task.wdir)
                view.started(children[task.address], slot)
            if signals:
                raise _stopped(signals[0])
            if not children:
                return work_s
            for child in [child for child in children.values() if child.process.poll() is not None]:
                del children[child.address]
                outcome, changed = outcome_of(child)
                schedule.end(child.address, outcome, changed)
                keeper.forget(child)
                view.ended(child, outcome)
                work_s += time.monotonic() - child.began
            view.running(children.values())
            time.sleep(LOOK_EVERY_S)
    finally:
        stop(children.values(), hurry=lambda: len(signals) > 1)
        for child in children.values():
            keeper.forget(child)


def _gone(addresses: set[str]) -> list[str]:
    """Stages that a lock remembers, and the pipeline does not have: other stages may still read what they wrote."""
    locks = {file: file.with_suffix(".lock") for file in FILES if file.with_suffix(".lock").is_file()}
    found = []
    for file, lock in locks.items():
        names = (fast_yaml(lock.read_bytes()) or {}).get("stages") or {}
        front = "" if file == Path("dvc.yaml") else f"{file}:"
        found += [name for name in names if f"{front}{name}" not in addresses]
    return found


def _failure(schedule: Schedule) -> InputError:
    """One line: which stages failed, what each said, and where all that it said stands."""
    said = "; ".join(
        f"{name} failed: {complaint(log_of(name)).rstrip('.')} ({log_of(name)})" for name in schedule.failed
    )
    left = sum(
        address not in schedule.outcomes or schedule.outcomes[address] is Outcome.BLOCKED for address in schedule.tasks
    )
    return InputError(
        schedule.failed[0].split(":")[-1],
        said,
        f"Mend that, then run the same again: it goes on with {1 + left} stages"
        if left
        else "Mend that, then run the same again",
    )


@contextmanager
def _signals() -> Iterator[list[int]]:
    """Collects Ctrl-C, SIGTERM and SIGHUP instead of dying of them, so that the children can be ended first."""
    found: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        found.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield found
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stopped(number: int) -> SystemExit:
    said = "" if number == signal.SIGINT else f" by {signal.Signals(number).name}"
    sys.stderr.write(f"stopped{said}: what was finished stays, and the same command goes on from there\n")
    return SystemExit(128 + number)
