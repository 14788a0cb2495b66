"""What every stage script runs in: one line for every end, no orphan, no second writer."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dramatis.core.errors import InputError, Terminated, UserError, as_user_error, one_line_errors, terminate
from dramatis.core.locks import take
from dramatis.core.orphans import end_children, stop_with_parent

LOCKS = Path("work/locks")
PATIENCE_S = 10.0
"""How long a stage waits for another process that still writes the same output [s]: more than a killed one takes."""
_failed: list[UserError] = []
"""What ended a thread of this process."""
BY_DVC = "DVC_STAGE"
"""The variable that DVC sets for the commands it runs."""


@contextmanager
def stage() -> Iterator[str]:
    """Runs a stage script; gives its item (a video, a run), empty if it has none.

    The script imports its packages inside: then what goes wrong while libraries load is one line as well.

    - What a person can mend is one line and exit 1; Ctrl-C is one line and exit 130, SIGTERM one line and exit 143.
    - Worker processes end with it, and it ends with the `dvc` that runs it, however that ends.
    - Nobody else runs the same stage of the same item meanwhile.
    """
    script, item = Path(sys.argv[0]).stem, sys.argv[1] if len(sys.argv) > 1 else ""
    with one_line_errors():
        signal.signal(signal.SIGTERM, terminate)
        threading.excepthook = _fail
        if BY_DVC in os.environ:
            stop_with_parent()
        with only_writer(f"{script}@{item}" if item else script):
            try:
                yield item
                _be_deaf()  # all is written, and a Python that ends would answer without a word
            except BaseException as error:
                _be_deaf()  # what is left to do is to clear up
                end_children()
                if _failed and isinstance(error, Terminated):
                    raise _failed[0] from None
                raise


def _be_deaf() -> None:
    """Ctrl-C and SIGTERM change nothing any more."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _fail(told: threading.ExceptHookArgs) -> None:
    """Ends the stage when memory fails one of its threads, for which the others would wait for ever."""
    error = as_user_error(told.exc_value) if told.exc_value else None
    if error is None:
        threading.__excepthook__(told)
        return
    _failed.append(error)
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def only_writer(name: str) -> Iterator[None]:
    """Holds the lock of a stage; the system lets go of it when the process ends, however it ends.

    Raises:
        InputError: another process has held it for `PATIENCE_S`; says which.
    """
    LOCKS.mkdir(parents=True, exist_ok=True)
    with (LOCKS / name).open("a+") as file:
        if not take(file, PATIENCE_S, pause_s=0.05):
            file.seek(0)
            problem = f"process {file.read().strip() or 'of another program'} is running it"
            raise InputError(f"stage {name}", problem, "Wait until it has ended, or end it")
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
