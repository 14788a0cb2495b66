"""What every stage script runs in: one line for every end, no orphan, no second writer."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dramatis.core.errors import InputError, as_user_error, one_line_errors
from dramatis.core.locks import take
from dramatis.core.orphans import end_children, stop_with_parent
from dramatis.core.stops import be_deaf, end_for

LOCKS = Path("work/locks")
PATIENCE_S = 10.0
"""How long a stage waits for another process that still writes the same output [s]: more than a killed one takes."""
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
        threading.excepthook = _fail
        if BY_DVC in os.environ:
            stop_with_parent()
        with only_writer(f"{script}@{item}" if item else script):
            try:
                yield item
                be_deaf()  # all is written, and a Python that ends would answer without a word
            except BaseException:
                be_deaf()
                end_children()
                raise


def _fail(told: threading.ExceptHookArgs) -> None:
    """Ends the stage when memory fails one of its threads, for which the others would wait for ever."""
    error = as_user_error(told.exc_value) if told.exc_value else None
    if error is None:
        threading.__excepthook__(told)
        return
    end_for(error)


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
