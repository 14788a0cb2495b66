"""Errors that a user can cause: each says the place, the value, what is allowed and what to do."""

import errno
import logging
import re
import signal
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from dramatis.core.stops import Terminated, asked_to_end, stops_heard


class UserError(Exception):
    """Something in the input, the parameters or the environment that a person can mend.

    Attributes:
        place: file, parameter or item at fault, as the user knows it.
        problem: the value found and what is allowed.
        remedy: what to do or which command to run.
    """

    def __init__(self, place: str, problem: str, remedy: str):
        super().__init__(_on_one_line(f"{place}: {problem}. {remedy}"))
        self.place, self.problem, self.remedy = place, problem, remedy

    def __reduce__(self) -> tuple[type["UserError"], tuple[str, str, str]]:
        """Lets the error cross from a worker process with its three parts."""
        return type(self), (self.place, self.problem, self.remedy)


def _on_one_line(text: str) -> str:
    """Text that any terminal shows on one line: names of files may hold line breaks, escapes and broken letters."""
    if text.isprintable():
        return text
    return "".join(ascii(a)[1:-1] if unicodedata.category(a) in ("Cc", "Cs", "Zl", "Zp") else a for a in text)


class ParameterError(UserError):
    """A key or value of `params.yaml` or `cast.yaml` that is not allowed."""


class InputError(UserError):
    """A video, picture, weight file or folder that cannot be used."""


class MissingError(InputError):
    """A file that another step should have made or the user should have put there."""


SYSTEM = {
    errno.ENOSPC: ("no space is left", "Free some, then run it again"),
    errno.EDQUOT: ("the quota of this user is used up", "Free some of it, then run it again"),
    errno.EFBIG: ("the file grew larger than this user or this disk may have", "Raise the limit, see `ulimit -f`"),
    errno.EROFS: ("the disk is mounted read-only", "Mount it for writing, or work in a copy"),
    errno.EACCES: ("no permission to read or write it", "Change its permissions or owner, then run it again"),
    errno.EPERM: ("the system does not allow it", "Change its permissions or owner, then run it again"),
    errno.EIO: ("the disk, or the connection to it, fails", "Look at `dmesg`, copy what is left, use another disk"),
    errno.EBUSY: ("it is in use, or a disk is mounted there", "End what uses it, or unmount it, then run it again"),
    errno.EMFILE: ("too many files are open in this process", "Raise the limit, see `ulimit -n`"),
    errno.ENFILE: ("too many files are open on this machine", "End other programs, then run it again"),
    errno.EAGAIN: ("the system gives it no more threads or memory", "End other programs, or see `ulimit -a`"),
}
"""Errors of the machine that are no fault of this program: what is wrong, and what to do."""
OF_PROCESS = {errno.EMFILE, errno.ENFILE, errno.EAGAIN}
"""Those that concern no file."""
NO_MEMORY = (
    "the memory is used up",
    "Lower `workers` or `batch_size` of this stage in params.yaml, or end other programs, then run it again",
)
OUT_OF_MEMORY = re.compile(
    r"out of memory|can't allocate memory|cannot allocate memory|failed to allocate|bad_alloc|insufficient memory"
    r"|not enough memory|unable to allocate|failed to map segment|can't start new thread|failed to launch",
    re.IGNORECASE,
)
"""How torch, onnxruntime, OpenCV, pyarrow and the loader of libraries put it, which raise no MemoryError."""


def as_user_error(error: BaseException) -> UserError | None:
    """An error that a person can mend, in our words; None for all others, which are faults of this program."""
    for one in _with_causes(error):
        if not isinstance(one, UserError) and (isinstance(one, MemoryError) or OUT_OF_MEMORY.search(str(one))):
            return UserError("memory", *NO_MEMORY)
    if isinstance(error, UserError):
        return error
    if isinstance(error, OSError) and error.errno in SYSTEM:
        place = "this process" if error.errno in OF_PROCESS else "disk"
        return UserError(str(error.filename or place), *SYSTEM[error.errno])
    return None


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    """An error, and those that led to it: who loads a model may not tell want of memory from a damaged file."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _say(line: str) -> None:
    """Writes a line of its own: a progress bar that stands there is ended first."""
    if shown := sys.modules.get("tqdm"):
        for bar in list(getattr(shown.tqdm, "_instances", ())):
            bar.close()
    sys.stderr.write(line)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Prints what a person can mend, Ctrl-C or SIGTERM as one line on stderr and exits; everything else passes through.

    After a Ctrl-C or SIGTERM every end is taken to come of it, as libraries make other errors of it.
    Also sets up logging, so that every stage script says things in the same way.
    """
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    try:
        with stops_heard():
            yield
    except BaseException as error:
        end = asked_to_end() or error
        if isinstance(end, KeyboardInterrupt):
            _say("stopped: what was finished stays, and the same command goes on from there\n")
            code = 128 + (signal.SIGTERM if isinstance(end, Terminated) else signal.SIGINT)
        elif not isinstance(end, SystemExit) and (told := as_user_error(end)) is not None:
            _say(f"error: {told}\n")
            code = 1
        else:
            raise
        raise SystemExit(code) from None
