"""Processes that end with those that started them, so that nobody writes on after a `kill -9`."""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import active_children
from pathlib import Path

PR_SET_PDEATHSIG = 1
"""Of prctl(2): the signal that Linux sends when the parent ends."""
SHELLS = {"sh", "bash", "dash", "zsh", "ksh", "fish", "busybox"}
EVERY_S, GRACE_S = 0.25, 5.0
"""How often a parent is looked for, and how long a process may take to end by itself [s]."""


def die_with_parent(parent: int) -> None:
    """Makes this worker process end, at once and without a word, when the process `parent` does."""
    _ask_kernel(signal.SIGKILL)
    _watch(lambda: os.getppid() != parent, lambda: os._exit(128 + signal.SIGTERM))


def stop_with_parent() -> None:
    """Makes this process get SIGTERM when the one that started it ends, or when the one behind its shell does.

    If that does not end it in `GRACE_S`, as in one long call of a library, it is ended without a word.
    """
    chain = _chain()

    def stop() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_S)
        end_children()
        os._exit(128 + signal.SIGTERM)

    _ask_kernel(signal.SIGTERM)
    _watch(lambda: os.getppid() != chain[0] or _chain() != chain, stop)


def is_running(process: int) -> bool:
    """True if there is a process of that number, whoever owns it."""
    try:
        os.kill(process, 0)  # signal 0 only asks
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end_children() -> None:
    """Ends the worker processes of this one."""
    for child in active_children():
        child.kill()


def _chain() -> tuple[int, ...]:
    """The parent, and if that is a shell, its parent too: a shell outlives the program that ran a command by it."""
    parent = os.getppid()
    try:
        name, fields = _stat(parent)
    except OSError:  # no /proc, or it ended just now
        return (parent,)
    return (parent, int(fields[1])) if name in SHELLS else (parent,)


def _stat(process: int) -> tuple[str, list[str]]:
    """Name of a process, and the fields behind it: state, parent, …; see proc(5)."""
    head, rest = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)
    return head.split("(", 1)[1], rest.split()


def _ask_kernel(number: signal.Signals) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number))


def _watch(gone: Callable[[], bool], act: Callable[[], None]) -> None:
    """Looks for the parent from time to time: for systems without that signal, and for one gone before it was set."""

    pause = threading.Event()

    def look() -> None:
        while not gone():
            pause.wait(EVERY_S)  # not `time.sleep`, which fails when the clock is set back by libfaketime
        act()

    threading.Thread(target=look, name="parent", daemon=True).start()
