"""One `dvc repro` of one stage in a process group of its own: started, watched, stopped with all its children."""

import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import yaml

from dramatis.core.pipes import opened
from dramatis.core.yaml_lines import fast_yaml
from dramatis.running.gpus import VISIBLE
from dramatis.running.schedule import Outcome

LOGS = Path("work/logs")
PROGRAM = Path(__file__).with_name("keeper.py")
STOPPING = ((signal.SIGINT, 10.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
"""What a group is sent to end it, and how long it then has [s]."""
SKIPPED, RESTORED = "didn't change, skipping", "is cached - skipping run"
"""What DVC 3 prints when a stage need not run."""
_NOISE = re.compile(r"ERROR: failed to reproduce|^\s*$")


Listing = dict[str, str]
"""Hash of each file of an output by its path; of the output itself where the files are not known."""


class Child(NamedTuple):
    """A task that runs."""

    address: str
    wdir: str
    process: subprocess.Popen[bytes]
    log: Path
    began: float
    """Of `time.monotonic`."""
    before: Listing | None
    """What its outputs were: see `outputs_of`."""


class Keeper:
    """Ends what runs if this process is killed, which it then cannot do itself: see the program `keeper`."""

    def __enter__(self) -> "Keeper":
        command = [sys.executable, "-I", "-S", str(PROGRAM)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, cwd="/", start_new_session=True)
        self._pipe = opened(self._process.stdin)
        return self

    def __exit__(self, *error: object) -> None:
        self._pipe.close()
        self._process.wait()

    def join(self) -> None:
        """In a new child, before it becomes another program: its group is one to end.

        It says so itself, and holds the pipe open until then, so that no moment is left at which nobody knows of it.
        """
        _die_with_parent()
        self._say("+", os.getpid())

    def forget(self, child: Child) -> None:
        """A child and all its group ended."""
        self._say("-", child.process.pid)

    def _say(self, kind: str, group: int) -> None:
        with suppress(BrokenPipeError):  # it was killed: the stages then still look for their parent themselves
            os.write(self._pipe.fileno(), f"{kind}{group}\n".encode())


def start(address: str, keeper: Keeper, gpu: str | None = None, wdir: str = ".") -> Child:
    """Starts `dvc repro -s` of a stage; what it prints goes to `work/logs/<stage>.log`."""
    log = log_of(address)
    log.parent.mkdir(parents=True, exist_ok=True)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"  # the stages' own `python`
    environment = os.environ | {"PATH": path} | ({VISIBLE: gpu} if gpu is not None else {})
    before = outputs_of(address, wdir)
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "dvc", "--wait-for-lock", "repro", "--single-item", address],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,  # a group of its own, which a Ctrl-C at the terminal does not reach by itself
            preexec_fn=keeper.join,
        )
    return Child(address, wdir, process, log, time.monotonic(), before)


def log_of(address: str) -> Path:
    """Where a stage's output goes."""
    return LOGS / f"{re.sub(r'[^A-Za-z0-9@._-]', '-', address.split(':')[-1])}.log"


def outcome_of(child: Child) -> tuple[Outcome, set[str] | None]:
    """How a child that ended did, and which of its outputs are others than before; None if all may be."""
    if child.process.returncode:
        return Outcome.FAILED, None
    text = child.log.read_text("utf-8", "replace")
    outcome = Outcome.SAME if SKIPPED in text else Outcome.CACHED if RESTORED in text else Outcome.RAN
    before, after = child.before, outputs_of(child.address, child.wdir)
    if before is None or after is None:
        return outcome, None
    return outcome, {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def outputs_of(address: str, wdir: str = ".", cache: Path = Path(".dvc/cache")) -> Listing | None:
    """What DVC's files say of a task's outputs; None if they say nothing.

    Another process may be writing the file: half an entry then differs from what was before, which costs a look by DVC
    and no more.

    Args:
        address: of the task.
        wdir: folder that its paths are counted from.
        cache: where DVC lists the files of folders. One that lies elsewhere is not looked into: a folder is then one.
    """
    file, _, name = address.rpartition(":")
    place = Path(name) if name.endswith(".dvc") else Path(file or "dvc.yaml").with_suffix(".lock")
    try:
        found = fast_yaml(place.read_bytes())
        outs = found["outs"] if name.endswith(".dvc") else found["stages"][name]["outs"]
        listing: Listing = {}
        for out in outs:
            path = os.path.normpath(os.path.join(wdir, out["path"]))
            listing |= _files_of(path, out["md5"], cache)
        return listing
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        return None


def _files_of(path: str, md5: str, cache: Path) -> Listing:
    """The files of a folder as the cache lists them; a file, or a folder that is not listed, is itself."""
    listed = cache / "files/md5" / md5[:2] / md5[2:]
    if not md5.endswith(".dir") or not listed.is_file():
        return {path: md5}
    try:
        return {f"{path}/{entry['relpath']}": entry["md5"] for entry in json.loads(listed.read_bytes())}
    except (ValueError, KeyError, TypeError):
        return {path: md5}


def last_words(log: Path, most: int = 200) -> str:
    """The last thing that a running stage said, on one line: of a progress bar what it shows now."""
    with log.open("rb") as stream:
        stream.seek(max(log.stat().st_size - 4096, 0))
        pieces = re.split(r"[\r\n]+", stream.read().decode("utf-8", "replace"))
    return next((piece.strip() for piece in reversed(pieces) if piece.strip()), "")[:most]


def complaint(log: Path) -> str:
    """Why a stage failed, on one line: the error that it or DVC printed."""
    pieces = re.split(r"[\r\n]+", log.read_text("utf-8", "replace"))
    said = [piece.strip() for piece in pieces if not _NOISE.search(piece)]
    named = [line.removeprefix("error: ") for line in said if line.startswith("error: ")]
    by_dvc = [line.removeprefix("ERROR: ") for line in pieces if line.startswith("ERROR: ")]
    return (named or said or by_dvc or ["it printed nothing"])[-1]


def stop(children: Iterable[Child], hurry: Callable[[], bool] = lambda: False) -> None:
    """Ends children with all that they started, politely first, and waits until nothing of them runs.

    Args:
        children: those that run.
        hurry: says whether to go on to the next signal at once, as after a second Ctrl-C.
    """
    left = list(children)
    for number, seconds in STOPPING:
        for child in left:
            _signal(child, number)
        until = time.monotonic() + seconds
        while left and time.monotonic() < until and not (hurry() and number is not signal.SIGKILL):
            left = [child for child in left if child.process.poll() is None or _signal(child, None)]
            time.sleep(0.02)


def _signal(child: Child, number: signal.Signals | None) -> bool:
    """Sends a signal to a child's group (None only asks); False if nothing of the group is left."""
    try:
        os.killpg(child.process.pid, number or 0)
    except ProcessLookupError:
        return False
    return True


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """In the child: to be told when this process is killed, which it then cannot say itself."""
    if _LIBC is not None:
        _LIBC.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
