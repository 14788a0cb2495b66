"""What a run prints: a line when a stage starts or ends, and on a terminal a view of those that run."""

import time
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from dramatis.running.processes import Child, last_words
from dramatis.running.schedule import Outcome, Schedule
from dramatis.running.tasks import Task, levels

COLOURS = {Outcome.RAN: "green", Outcome.CACHED: "green", Outcome.FAILED: "red", Outcome.BLOCKED: "yellow"}
SHOWN_EVERY_S = 0.25


class View:
    """Prints the course of a run; colour and the live view only on a terminal."""

    def __init__(self, console: Console | None = None):
        self.console = console or Console(highlight=False, emoji=False, soft_wrap=True)
        self._began = time.monotonic()
        self._live = (
            Live(console=self.console, auto_refresh=False, transient=True) if self.console.is_terminal else None
        )
        self._shown = 0.0

    def __enter__(self) -> "View":
        self._inside().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._inside().__exit__(*error)

    def started(self, child: Child, gpu: str | None) -> None:
        """A line for a stage that starts."""
        on = f" on GPU {gpu}" if gpu is not None else ""
        self._line(f"[dim]{self._clock()}[/dim]  {escape(child.address)}  [dim]started{on}[/dim]")

    def ended(self, child: Child, outcome: Outcome) -> None:
        """A line for a stage that ended."""
        took = time.monotonic() - child.began
        colour = COLOURS.get(outcome, "dim")
        self._line(
            f"[dim]{self._clock()}[/dim]  {escape(child.address)}  [{colour}]{outcome.value}[/{colour}]  {took:.1f} s"
        )

    def running(self, children: Iterable[Child]) -> None:
        """Draws those that run anew, with the last words of each."""
        now = time.monotonic()
        if self._live is None or now - self._shown < SHOWN_EVERY_S:
            return
        self._shown = now
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, justify="right")
        table.add_column(no_wrap=True, overflow="ellipsis", style="dim")
        for child in children:
            table.add_row(child.address, f"{now - child.began:.0f} s", escape(last_words(child.log)))
        self._live.update(table, refresh=True)

    def summary(self, schedule: Schedule, work_s: float) -> None:
        """The last line: how many tasks ended in which way, and the time that all of them took together."""
        ended = list(schedule.outcomes.values())
        waiting = len(schedule.tasks) - len(ended) - ended.count(Outcome.BLOCKED)
        counts = {kind: ended.count(kind) for kind in Outcome}
        counts[Outcome.BLOCKED] += max(waiting, 0) if schedule.failed else 0
        said = ", ".join(f"{count} {kind.value}" for kind, count in counts.items() if count) or "there is no stage"
        took = time.monotonic() - self._began
        busy = f"; {work_s:.1f} s of stages in {took:.1f} s" if work_s else ""
        self.console.print(f"{said}{busy}")

    def _inside(self) -> AbstractContextManager[Any]:
        return self._live or nullcontext()

    def _line(self, text: str) -> None:
        self.console.print(text)

    def _clock(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        return f"{minutes:02d}:{seconds:02d}"


def plan_lines(tasks: Sequence[Task]) -> Iterable[str]:
    """What a run would do, level by level: what is stale and why, and what may follow."""
    moved: set[str] = set()
    for number, level in enumerate(levels(tasks), 1):
        for task in level:
            after = sorted(other.split(":")[-1] for other in task.needs & moved)
            if task.stale or after:
                moved.add(task.address)
                why = task.stale or f"only if it changed: {', '.join(after)}"
                yield f"{number:2d}  {task.address}{'  (GPU)' if task.gpu else ''}  {why}"
    stand = len(tasks) - len(moved)
    yield f"{len(moved)} may run, {stand} stand"
