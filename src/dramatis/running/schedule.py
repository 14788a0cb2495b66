"""Who may start next: a task as soon as all that it needs is done, and no task that has nothing to do."""

from collections import deque
from collections.abc import Iterable, Sequence
from enum import Enum

from dramatis.running.tasks import Task


class Outcome(Enum):
    """How a task ended, in words for the user."""

    STANDS = "up to date"
    """Nothing that it reads changed: no process was needed to say so."""
    SAME = "nothing to do"
    """DVC looked, and found nothing to do."""
    CACHED = "from the cache"
    """DVC had run the same before, and put the outputs back."""
    RAN = "done"
    FAILED = "failed"
    BLOCKED = "not run"
    """Something that it needs failed."""


class Schedule:
    """The tasks of one run, what became of them, and the slots that they take.

    Args:
        tasks: each after those that it needs; what a task needs beyond them is done.
        jobs: tasks that run at a time.
        gpus: names of the GPU slots; a task that wants one waits until one is free.
        keep_going: after a failure, still start what does not depend on it.
    """

    def __init__(self, tasks: Sequence[Task], jobs: int, gpus: Iterable[str] = ("0",), keep_going: bool = False):
        self.tasks = {task.address: task for task in tasks}
        self.outcomes: dict[str, Outcome] = {}
        self.running: dict[str, str | None] = {}
        """GPU slot of each task that runs; None without one."""
        self._jobs, self._keep_going = jobs, keep_going
        self._free = deque(gpus)
        self._changed: set[str] = set()
        self._below = _below(tasks)
        self._settle()

    @property
    def failed(self) -> list[str]:
        """Tasks that failed, in the order in which they did."""
        return [address for address, outcome in self.outcomes.items() if outcome is Outcome.FAILED]

    def startable(self) -> Task | None:
        """The task to start now: of those that may, the one with the longest way below it; None to wait or to end."""
        if len(self.running) >= self._jobs or (self.failed and not self._keep_going):
            return None
        ready = [task for task in self.tasks.values() if self._is_ready(task) and (self._free or not task.gpu)]
        return max(ready, key=lambda task: self._below[task.address], default=None)

    def start(self, task: Task) -> str | None:
        """Notes that a task runs; gives its GPU slot."""
        slot = self._free.popleft() if task.gpu else None
        self.running[task.address] = slot
        return slot

    def end(self, address: str, outcome: Outcome, changed: bool = True) -> None:
        """Notes how a task ended, and whether its outputs are others than before."""
        slot = self.running.pop(address)
        if slot is not None:
            self._free.append(slot)
        self.outcomes[address] = outcome
        if changed:
            self._changed.add(address)
        self._settle()

    def _is_ready(self, task: Task) -> bool:
        """True if it is neither running nor ended, and all that it needs is there."""
        if task.address in self.outcomes or task.address in self.running:
            return False
        return all(other in self.outcomes for other in task.needs if other in self.tasks)

    def _settle(self) -> None:
        """Ends the tasks that need no process: those that nothing changed for, and those that cannot run."""
        for task in self.tasks.values():  # each after those that it needs
            if not self._is_ready(task):
                continue
            if any(self.outcomes.get(other) in (Outcome.FAILED, Outcome.BLOCKED) for other in task.needs):
                self.outcomes[task.address] = Outcome.BLOCKED
            elif task.stale is None and not task.needs & self._changed:
                self.outcomes[task.address] = Outcome.STANDS


def _below(tasks: Sequence[Task]) -> dict[str, int]:
    """How many tasks must still follow each one after the other."""
    below = {task.address: 0 for task in tasks}
    for task in reversed(tasks):
        for other in task.needs & below.keys():
            below[other] = max(below[other], below[task.address] + 1)
    return below
