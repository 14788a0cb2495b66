"""Ends a piece of work at a chosen change of the disk, by a signal, in a process of its own."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from dramatis.core.stops import terminate

CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate"}
LONGEST_S = 60
PROCESSES = multiprocessing.get_context("forkserver")
"""Forks of a process without threads: a fork of the tests' own may wait for ever for a lock that a thread held."""
PROCESSES.set_forkserver_preload(
    ["dvc.repo", "dramatis.sources.add", "dramatis.sources.remove", "dramatis.sources.rename"]
)


def killed_at(number: int, work: Callable[[], object], top: Path, kind: signal.Signals = signal.SIGKILL) -> bool:
    """Does the work here, and sends itself a signal just before the n-th change of a file in a folder.

    Python says what it is about to do to the disk (PEP 578). What DVC keeps for itself in `.dvc/tmp` does not count.

    Args:
        work: a function of a module, or a `partial` of one: it goes to another process.
        kind: SIGKILL, or SIGTERM, which the process answers as a command of ours does.

    Returns:
        False if there were fewer changes: the work is then done.
    """
    child = PROCESSES.Process(target=_work, args=(number, work, top, kind, Path.cwd()))
    child.start()
    child.join()
    assert child.exitcode in (0, 9, -kind), child.exitcode
    return child.exitcode != 0


def _work(number: int, work: Callable[[], object], top: Path, kind: signal.Signals, folder: Path) -> None:
    seen = 0

    def hook(event: str, arguments: tuple) -> None:
        nonlocal seen
        if _changes(event, arguments, top):
            seen += 1
            if seen == number:
                os.kill(os.getpid(), kind)

    code = 9
    os.chdir(folder)
    try:
        signal.alarm(LONGEST_S)
        signal.signal(signal.SIGTERM, terminate)
        sys.addaudithook(hook)
        work()
        code = 0 if seen < number else 9
    finally:  # whatever the signal raised: who waits looks at what is left
        os._exit(code)


def _changes(event: str, arguments: tuple, top: Path) -> bool:
    if event == "open":
        path, _, flags = arguments
        if isinstance(path, int) or not flags & (os.O_WRONLY | os.O_RDWR):
            return False
    elif event in CHANGES:
        path = arguments[1] if event == "os.rename" else arguments[0]
    else:
        return False
    place = Path(os.path.abspath(os.fsdecode(path)))
    own = place.is_relative_to(top / ".dvc/tmp") and "dramatis" not in place.name
    return place.is_relative_to(top) and not own
