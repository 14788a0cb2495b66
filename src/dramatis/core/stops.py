"""Ctrl-C and SIGTERM: that somebody asked this process to end is remembered, as libraries lose the exception."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

AGAIN_S = 0.05
"""After what time an exception that a library dropped is raised again [s]: its call has then returned."""
_reason: BaseException | None = None
"""What asked this process to end, the first that did."""
_again: threading.Timer | None = None
_deaf = False


class Terminated(KeyboardInterrupt):
    """SIGTERM: somebody asked this process to end, or the program that it worked for is gone."""


def asked_to_end() -> BaseException | None:
    """Why this process is to end, whatever exception tells of it by now; None if nobody has asked."""
    return _reason


def end_for(error: BaseException) -> None:
    """Ends the main thread as SIGTERM does, for an error of another one."""
    global _reason
    _reason = _reason or error
    os.kill(os.getpid(), signal.SIGTERM)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Handler of Ctrl-C.

    Raises:
        KeyboardInterrupt: always.
    """
    global _reason
    _reason = _reason or KeyboardInterrupt()
    raise KeyboardInterrupt


def terminate(number: int, frame: FrameType | None) -> None:
    """Handler of SIGTERM: clears up as at Ctrl-C, once, and is not broken off at that.

    Raises:
        Terminated: always.
    """
    global _reason
    signal.signal(number, signal.SIG_IGN)
    _reason = _reason or Terminated()
    raise Terminated


def be_deaf() -> None:
    """Ctrl-C and SIGTERM change nothing any more: what is left to do is to clear up and to end."""
    global _deaf
    _deaf = True
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def deaf_children() -> Iterator[None]:
    """Has processes that this thread starts meanwhile never hear Ctrl-C, which a terminal sends to them too.

    Python's tracker of shared memory undoes this if it starts meanwhile; who has made queues has started it before.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def stops_heard() -> Iterator[None]:
    """Has Ctrl-C and SIGTERM raise their exceptions in the main thread, and remembers for `asked_to_end` that they did.

    The exception comes up wherever that thread is, and code in C may have no use for it there. Some say something else
    in its place, such as pandas while it loads (AttributeError): `asked_to_end` tells. Some drop it and go on, such as
    callbacks of the garbage collector, and Python prints what was dropped: it is raised again in place of that. Some
    drop it unseen: it is raised when the block ends. After the block a second signal ends the process at once.

    Raises:
        KeyboardInterrupt, Terminated: somebody has asked, and the block came to its end all the same.
    """
    global _reason, _again, _deaf
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _reason, _again, _deaf = None, None, False
    handlers = {signal.SIGINT: interrupt, signal.SIGTERM: terminate}
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell has it for what it runs in the background
        del handlers[signal.SIGINT]
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    hooks = sys.unraisablehook, sys.excepthook

    def unraisable(told: Any) -> None:
        if not _asks_again(told.exc_value):
            hooks[0](told)

    def printed(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if not _asks_again(error):
            hooks[1](kind, error, where)

    sys.unraisablehook, sys.excepthook = unraisable, printed
    try:
        yield
        if _reason is not None:
            raise _reason
    finally:
        sys.unraisablehook, sys.excepthook = hooks
        if _again is not None:
            _again.cancel()
        for number, handler in () if _deaf else handlers.items():
            if _reason is not None:
                signal.signal(number, signal.SIG_DFL)
            elif signal.getsignal(number) is handler:
                signal.signal(number, before[number])


def _asks_again(error: BaseException | None) -> bool:
    """True for a dropped Ctrl-C or SIGTERM, which then comes a second time."""
    global _again
    if not isinstance(error, KeyboardInterrupt) or threading.current_thread() is not threading.main_thread():
        return False
    number = signal.SIGTERM if isinstance(error, Terminated) else signal.SIGINT
    if number is signal.SIGTERM:
        signal.signal(number, terminate)  # it was to be heard once
    _again = threading.Timer(AGAIN_S, os.kill, (os.getpid(), number))
    _again.daemon = True
    _again.start()
    return True
