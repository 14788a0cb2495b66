"""One case of the fuzzer in a process of its own, with limits: what comes of reading one hostile file."""

import json
import os
import resource
import select
import signal
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from dramatis.core.errors import UserError, as_user_error

MEMORY = 2 << 30
"""Address space that a case may take beyond what its process has before [bytes]."""
SECONDS, FILM_SECONDS = 20, 300
"""Processor time that a small damaged file may take, and a whole film [s]."""
WAIT_S = 1200.0
"""Wall time that any case may take: who waits for something uses no processor [s]."""
LONGEST_LINE = 4000


class Outcome(NamedTuple):
    """What came of a case.

    Attributes:
        kind: ok, error (one line for a person), crash (anything else that ended it) or hang (its time was over).
        said: the error, or the end of the traceback or the signal.
        seconds: processor time [s].
        peak_mb: memory in use at most, beyond what the process had before [MB].
    """

    kind: str
    said: str
    seconds: float
    peak_mb: float


def run_case(read: Callable[[Path], object], file: Path, limit_s: int = SECONDS) -> Outcome:
    """Reads a file by a function in a forked process and says what came of it."""
    before_mb = _resident_mb()
    begin = time.monotonic()
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        _child(read, file, into, limit_s)
    os.close(into)
    said = _all_of(out, begin + WAIT_S)
    if said is None:
        os.kill(child, signal.SIGKILL)
    os.close(out)
    _, status, used = os.wait4(child, 0)
    seconds, peak_mb = used.ru_utime + used.ru_stime, max(0.0, used.ru_maxrss / 1024 - before_mb)
    if said is None:
        return Outcome("hang", f"it waited for {WAIT_S:.0f} s", seconds, peak_mb)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        return Outcome("hang", f"not finished after {limit_s} s of processor time", seconds, peak_mb)
    if os.WIFSIGNALED(status):
        return Outcome("crash", f"ended by {signal.Signals(os.WTERMSIG(status)).name}", seconds, peak_mb)
    if not said:
        return Outcome("crash", f"ended with {os.WEXITSTATUS(status)} and no word", seconds, peak_mb)
    kind, line = json.loads(said)
    return Outcome(kind, line, seconds, peak_mb)


def _child(read: Callable[[Path], object], file: Path, into: int, limit_s: int) -> None:
    """Never returns."""
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    room = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MEMORY, MEMORY))
    try:
        with tempfile.TemporaryDirectory(prefix="dramatis-fuzz-") as scratch:
            os.chdir(scratch)  # what a name in the file leads to, or what is written, is in here
            answer = _outcome(read, file)
    except BaseException as error:  # noqa: BLE001 - the harness itself: said like any other crash
        answer = ["crash", f"{type(error).__name__}: {error}"]
    os.write(into, json.dumps(answer).encode()[:60_000])
    os._exit(0)


def _outcome(read: Callable[[Path], object], file: Path) -> list[str]:
    try:
        read(file)
    except UserError as error:
        line = str(error)
        whole = "\n" not in line and len(line) <= LONGEST_LINE
        return ["error" if whole else "crash", line[:500] if whole else f"an error of many lines: {line[:200]!r}"]
    except BaseException as error:  # noqa: BLE001 - whatever it is: that is what is looked for
        told = None if isinstance(error, MemoryError) else as_user_error(error)
        if told and "memory" not in told.place:
            return ["error", str(told)]
        where = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in where if "dramatis" in frame.filename and "bench" not in frame.filename] or where
        place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"
        return ["crash", f"{type(error).__name__} at {place}: {str(error)[:300]}"]
    return ["ok", ""]


def _all_of(pipe: int, end: float) -> bytes | None:
    """What a child writes until it ends; None if time is over before."""
    said = b""
    while (left := end - time.monotonic()) > 0:
        if select.select([pipe], [], [], left)[0]:
            piece = os.read(pipe, 65536)
            if not piece:
                return said
            said += piece
    return None


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20
