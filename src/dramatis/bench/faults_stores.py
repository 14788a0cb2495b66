"""Faults of what is stored: outputs and cache objects that rot, and remotes that drop, stall or fail."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

from dramatis.bench.faults_files import flip
from dramatis.bench.faults_project import Subject, clear, environment, files_of, remove
from dramatis.bench.faults_watch import Bench, Ended
from dramatis.core.params import read_yaml

STORE = Path(".dvc/cache/files/md5")
READ_TIMEOUT_S = 2
"""After which DVC gives up on a remote that stalls [s]; its own default is 60."""


@contextmanager
def flipped_output(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended]:
    """One bit of an output is flipped by a program, which changes its time; DVC is asked to bring it up to date."""
    file = rng.choice([file for out in subject.outs for file in files_of(bench.top / out)])
    flip(file, rng)
    os.utime(file)
    yield bench.repro(subject).end()


@contextmanager
def rotten_output(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended | None]:
    """One bit of an output is flipped by the disk, which changes no time; `dramatis fsck` finds and repairs it."""
    place = bench.top / rng.choice(subject.outs)
    file = rng.choice(files_of(place))
    if not file.stat().st_size or not has_fsck(bench):
        yield None
        return
    flip(file, rng)
    yield _checked(bench)


def _checked(bench: Bench) -> Ended:
    """What `dramatis fsck` says; then it is asked to repair what it found."""
    ended = bench.start(["dramatis", "fsck"]).end(spoken=False)
    if ended.code:
        bench.start(["dramatis", "fsck", "--repair"]).end()
    return ended


def has_fsck(bench: Bench) -> bool:
    """Whether this program has the command that looks for rot."""
    return not bench.start(["dramatis", "fsck", "--help"]).end().code


@contextmanager
def truncated_object(bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended | None]:
    """The cache's copy of an output is cut off, as a crash leaves it; `dramatis fsck` finds and repairs it."""
    objects = objects_of(bench.top, subject)
    if not objects or not has_fsck(bench):
        yield None
        return
    file = rng.choice(objects)
    mode = file.stat().st_mode
    file.chmod(0o644)
    os.truncate(file, int(at * file.stat().st_size))
    file.chmod(mode)
    ended = _checked(bench)
    clear(bench.top, subject)
    yield ended


def objects_of(top: Path, subject: Subject) -> list[Path]:
    """The cache's copies of what a stage writes."""
    pipeline, _, name = subject.address.rpartition(":")
    lock = (top / (pipeline or "dvc.yaml")).with_suffix(".lock")
    names = [out["md5"] for out in read_yaml(lock)["stages"][name].get("outs", [])]
    found = []
    for one in names:
        file = top / STORE / one[:2] / one[2:]
        if file.is_file():
            found.append(file)
            if one.endswith(".dir"):
                inner = {entry["md5"] for entry in json.loads(file.read_text())}
                found += [top / STORE / md5[:2] / md5[2:] for md5 in sorted(inner)]
    return [file for file in dict.fromkeys(found) if file.is_file()]  # two outputs may share bytes


class _Remote(BaseHTTPRequestHandler):
    """A read-only store whose objects drop off, stall or fail."""

    protocol_version = "HTTP/1.1"

    def __init__(self, store: Path, fault: str | None, over: Event, *rest: Any):
        self.store, self.fault, self.over = store, fault, over
        super().__init__(*rest)

    def do_HEAD(self) -> None:
        """Whether an object is there."""
        self._head()

    def do_GET(self) -> None:
        """An object, or what the fault leaves of it."""
        data = self._head()
        if data is None:
            return
        self.wfile.write(data[: len(data) // 2] if self.fault else data)
        if self.fault == "stalls":
            self.over.wait(60)
        if self.fault:
            self.close_connection = True

    def _head(self) -> bytes | None:
        file = self.store / self.path.lstrip("/")
        data = file.read_bytes() if file.is_file() else None
        if data is None or self.fault == "fails":
            self.send_response(404 if data is None else 500)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        return data

    def log_message(self, *parts: object) -> None:
        """Says nothing."""


class _Server(ThreadingHTTPServer):
    """A server that says nothing of clients that hang up."""

    daemon_threads = True

    def handle_error(self, *parts: object) -> None:
        """Says nothing."""


@contextmanager
def serving(store: Path, fault: str | None) -> Iterator[str]:
    """A remote on this machine; gives its address."""
    over = Event()
    server = _Server(("127.0.0.1", 0), partial(_Remote, store, fault, over))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        over.set()
        server.shutdown()
        server.server_close()


@contextmanager
def _remote(fault: str, bench: Bench, subject: Subject, at: float, rng: Random) -> Iterator[Ended | None]:
    """What the stage wrote is gone here, and the remote that has it breaks half way; later one that is sound."""
    objects = objects_of(bench.top, subject)
    if not objects:
        yield None
        return
    store = bench.logs / "store"
    remove(store)
    for file in objects:
        place = store / "files/md5" / file.relative_to(bench.top / STORE)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, place)
    for out in subject.outs:
        if not str(out).endswith(".json"):  # metrics are kept by git
            remove(bench.top / out)
    with serving(store, fault) as url:
        ended = _pull(bench, subject, url)
    yield ended
    with serving(store, None) as url:
        _pull(bench, subject, url)
    remove(store)


def _pull(bench: Bench, subject: Subject, url: str) -> Ended:
    settings = {"url": url, "read_timeout": str(READ_TIMEOUT_S), "connect_timeout": str(READ_TIMEOUT_S)}
    for command in (["add", "-f", "tried", url], *(["modify", "tried", key, text] for key, text in settings.items())):
        subprocess.run(
            ["dvc", "remote", *command, "--local"],
            cwd=bench.top,
            env=environment(bench.top),
            check=True,
            capture_output=True,
        )
    return bench.start(["dvc", "pull", "-r", "tried", subject.address], by_dvc=True).end()


remote_drops, remote_stalls, remote_fails = (partial(_remote, fault) for fault in ("drops", "stalls", "fails"))
