"""One `dramatis repro` or `dramatis prune` at a time in a project."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dramatis.core.errors import InputError
from dramatis.core.locks import take

LOCK = Path(".dvc/tmp/dramatis-repro.lock")


@contextmanager
def alone() -> Iterator[None]:
    """Keeps others out, also between two stages; the lock ends with the process.

    Raises:
        InputError: another one runs here.
    """
    if not LOCK.parent.parent.is_dir():
        yield  # no DVC here: reading the pipeline says so
        return
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("w") as stream:
        if not take(stream):
            problem = "another `dramatis repro` runs here, or a `dramatis prune`"
            raise InputError(str(LOCK), problem, "Wait until it ends")
        yield
