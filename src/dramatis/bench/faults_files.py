"""Faults of files and disks: full, read-only, gone, cut off, flipped, and a clock that jumps."""

import logging
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from dramatis.bench.faults_ends import wait_at_work
from dramatis.bench.faults_project import Subject, clear, files_of, remove
from dramatis.bench.faults_watch import Bench, Ended, told

log = logging.getLogger("faults")

NOBODY = 65534
CLOCK = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
"""Of the Debian package `libfaketime`."""
FUTURE, PAST = 2**31 - 86400, 86400
"""Times of files, in 2038 and in 1970 [s]."""
SMALLEST = 4096
"""What is always left free on a full disk [bytes]."""


@contextmanager
def disk_full(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended]:
    """Room for a share of what the stage writes: a disk of its own is full, or where none can be had, no file may be
    larger."""
    clear(bench.top, subject)
    room = max(int(at * subject.size), SMALLEST)
    if not os.path.ismount(bench.top.parent):
        running = bench.script(subject)
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (room, room))
        yield running.end()
        return
    with _filled(bench.top.parent, room):
        yield bench.script(subject).end()


@contextmanager
def disk_full_dvc(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended | None]:
    """The stage has room for what it writes, DVC none for its copy of it."""
    if not os.path.ismount(bench.top.parent):
        yield None
        return
    clear(bench.top, subject)
    cache = bench.top / ".dvc/cache"
    aside = cache.with_name("cache-aside")
    cache.rename(aside)
    try:
        with _filled(bench.top.parent, int(1.2 * subject.size) + 64 * 2**10):
            yield bench.repro(subject, "-f").end()
    finally:
        remove(cache)
        aside.rename(cache)


@contextmanager
def _filled(disk: Path, room: int) -> Iterator[None]:
    """A disk in memory with so many bytes free."""
    found = os.statvfs(disk)
    used = (found.f_blocks - found.f_bfree) * found.f_frsize
    try:
        subprocess.run(["mount", "-o", f"remount,size={used + room}", disk], check=True)
        yield
    finally:
        subprocess.run(["mount", "-o", f"remount,size={found.f_blocks * found.f_frsize}", disk], check=True)


@contextmanager
def read_only(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended | None]:
    """The folder of the outputs is mounted read-only; None where nothing may be mounted."""
    clear(bench.top, subject)
    place = (bench.top / rng.choice(subject.outs)).parent
    if subprocess.run(["mount", "--bind", place, place], capture_output=True).returncode:
        yield None
        return
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
        yield bench.script(subject).end()
    finally:
        subprocess.run(["umount", place], check=True)


@contextmanager
def no_permission(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended | None]:
    """A user runs it to whom the project does not belong; None where one cannot become another."""
    if os.getuid() or not shutil.which("setpriv"):
        yield None
        return
    clear(bench.top, subject)
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    yield bench.start([sys.executable, *subject.command], before=user, more={"HOME": "/tmp"}).end()


def _input(bench: Bench, subject: Subject, rng: Random) -> Path:
    """A file that the stage reads; `params.yaml` if it reads nothing else."""
    place = rng.choice(subject.inputs) if subject.inputs else "params.yaml"
    return rng.choice(files_of(bench.top / place))


@contextmanager
def _kept(file: Path) -> Iterator[None]:
    """Puts a file back as it was, its times too."""
    aside = file.with_name(f"{file.name}.kept-aside.part")
    shutil.copy2(file, aside)
    try:
        yield
    finally:
        aside.replace(file)


@contextmanager
def removed_input(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended]:
    """One file that the stage reads is gone."""
    clear(bench.top, subject)
    file = _input(bench, subject, rng)
    with _kept(file):
        file.unlink()
        yield bench.script(subject).end()


@contextmanager
def truncated_input(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended]:
    """One file that the stage reads is cut off."""
    clear(bench.top, subject)
    file = _input(bench, subject, rng)
    with _kept(file):
        os.truncate(file, int(at * file.stat().st_size))
        yield bench.script(subject).end()


@contextmanager
def each_input(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended | None]:
    """Each kind of file that the stage reads is empty, or cut off early or late, one after the other; None if it reads
    nothing. The first that is not survived is the last."""
    ended = None
    for file in kinds_of(bench.top, subject):
        for share in (0.0, 0.35, 0.8):
            clear(bench.top, subject)
            with _kept(file):
                os.truncate(file, int(share * file.stat().st_size))
                ended = bench.script(subject).end()
                if (told(ended) or bench.half(subject)) if ended.code else bench.wrong(subject):
                    log.warning("%s, %s cut to %.0f %%", subject.name, file.relative_to(bench.top), 100 * share)
                    yield ended
                    return
    yield ended


def kinds_of(top: Path, subject: Subject) -> list[Path]:
    """One file of each kind that a stage reads: each of a model, else the first of each suffix of a folder."""
    found: dict[tuple[str, str], Path] = {}
    for place in subject.inputs:
        for file in files_of(top / place):
            by_name = Path(place).parts[0] == "models"
            found.setdefault((place, str(file) if by_name else file.suffix), file)
    return list(found.values())


def flip(file: Path, rng: Random) -> None:
    """Flips one bit, and leaves the times of the file as a failing disk does."""
    if not file.stat().st_size:
        return
    times = file.stat()
    place = rng.randrange(times.st_size)
    with file.open("r+b") as stream:
        stream.seek(place)
        byte = stream.read(1)[0]
        stream.seek(place)
        stream.write(bytes([byte ^ (1 << rng.randrange(8))]))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


@contextmanager
def flipped_table(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended | None]:
    """One bit of a table that the stage reads is flipped; None if it reads no table of this project."""
    tables = [
        file
        for place in subject.inputs
        if place.startswith("data/")
        for file in files_of(bench.top / place)
        if file.suffix == ".parquet"
    ]
    if not tables:
        yield None
        return
    clear(bench.top, subject)
    file = rng.choice(tables)
    with _kept(file):
        flip(file, rng)
        yield bench.script(subject).end()


@contextmanager
def clock_jumps(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended | None]:
    """The clock goes back two hours while the stage runs; None without libfaketime."""
    if not CLOCK.is_file():
        yield None
        return
    clear(bench.top, subject)
    clock = bench.logs / "clock"
    clock.write_text("+0")
    more = {
        "LD_PRELOAD": str(CLOCK),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    running = bench.script(subject, more=more)
    wait_at_work(bench, subject, running, at)
    clock.write_text("-2h")
    yield running.end()


@contextmanager
def times_jump(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended]:
    """The inputs are of 2038, the outputs of 1970; DVC is asked to bring the stage up to date."""
    touched = [(file, FUTURE) for place in subject.inputs for file in files_of(bench.top / place)]
    touched += [(file, PAST) for out in subject.outs for file in files_of(bench.top / out)]
    for file, time_s in touched:
        os.utime(file, (time_s, time_s))
    yield bench.repro(subject).end()
