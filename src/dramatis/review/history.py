"""What was done to a file of decisions, to undo it decision by decision."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from dramatis.core.errors import InputError
from dramatis.review.changes import Change, Flat, conflicts, inverse

MOST = 500
"""Most actions that can be undone."""

Write = Callable[[Callable[[Flat], list[Change]]], list[Change]]
"""Reads the decisions, asks for changes of them, and writes these while nobody else can."""


class Done(NamedTuple):
    """An action that was written."""

    label: str
    changes: list[Change]


class History:
    """Actions that were written, and those that were undone.

    Args:
        file: name of the file, for errors.
    """

    def __init__(self, file: str):
        self._file = file
        self._done: list[Done] = []
        self._undone: list[Done] = []

    def did(self, label: str, changes: list[Change]) -> None:
        """An action was written; one that changed nothing is forgotten."""
        if changes:
            self._done = [*self._done, Done(label, changes)][-MOST:]
            self._undone = []

    def undo(self, write: Write) -> str | None:
        """Takes the last action back; gives its label, None if there is none.

        Raises:
            InputError: somebody else has changed one of its decisions since; it is left behind then. Whatever else
                hinders it, it stays the next to be undone.
        """
        return self._back(self._done, self._undone, inverse, write)

    def redo(self, write: Write) -> str | None:
        """Does again what was undone last; likewise."""
        return self._back(self._undone, self._done, list, write)

    @property
    def can_undo(self) -> str | None:
        """Label of what `undo` would take back."""
        return self._done[-1].label if self._done else None

    @property
    def can_redo(self) -> str | None:
        """Label of what `redo` would do again."""
        return self._undone[-1].label if self._undone else None

    def _back(
        self, stack: list[Done], other: list[Done], turn: Callable[[list[Change]], list[Change]], write: Write
    ) -> str | None:
        if not stack:
            return None
        label, changes = stack[-1]
        wanted = turn(changes)

        def unless_changed(flat: Flat) -> list[Change]:
            if found := conflicts(flat, wanted):
                stack.pop()
                where = f"{self._file}: {'.'.join(filter(None, found[0][:2]))}"
                raise InputError(where, f"changed since by somebody else, so {label!r} stays", "Mend it by hand")
            return [each for each in wanted if flat.get((each.section, each.key)) != each.after]

        write(unless_changed)
        other.append(stack.pop())
        return label


class Undoable:
    """What both tabs share of a file of decisions: a lock, and what was done, to undo it.

    A subclass writes the file in `_write`, a `Write`; its methods may be called from any thread.

    Attributes:
        history: what was done, and can be undone.
    """

    def __init__(self, file: Path):
        self._file, self._lock = file, threading.RLock()
        self.history = History(file.name)

    def undo(self) -> str | None:
        """Takes the last action back; gives its label, None if there is none."""
        with self._lock:
            return self.history.undo(self._write)

    def redo(self) -> str | None:
        """Does again what was undone last; gives its label, None if there is none."""
        with self._lock:
            return self.history.redo(self._write)

    def _do(self, label: str, changes_of: Callable[[Flat], list[Change]]) -> list[Change]:
        """Writes changes, and remembers them under a label; gives those that were made."""
        with self._lock:
            changes = self._write(changes_of)
            self.history.did(label, changes)
            return changes

    def _write(self, changes_of: Callable[[Flat], list[Change]]) -> list[Change]:
        raise NotImplementedError
