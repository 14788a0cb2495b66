"""What came of a download so far: its bytes and what the server said of it, in a folder that outlives a broken line."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import requests

from dramatis.core.errors import InputError
from dramatis.core.locks import take
from dramatis.sources.answers import digests_of, validator_of
from dramatis.sources.kinds import Web
from dramatis.sources.space import discard


class Fetched(NamedTuple):
    """A file that arrived whole.

    Attributes:
        file: where it is, under the name that the server gave, made safe by whoever stores it.
        name: that name.
        sha256: its digest.
    """

    file: Path
    name: str
    sha256: str


def folder_for(parts: Path, link: str) -> Path:
    """Where the pieces of an address are kept."""
    return parts / hashlib.sha256(link.encode()).hexdigest()[:16]


class Piece:
    """What came of a file so far: its bytes, and what the server said of it, in `state.json` beside them."""

    def __init__(self, folder: Path, web: Web):
        folder.mkdir(parents=True, exist_ok=True)
        self.web, self.file, self.state = web, folder / "file", folder / "state.json"
        self.known: dict[str, Any] = {}
        try:
            known = json.loads(self.state.read_text())
            self.known = known if isinstance(known, dict) else {}
        except (OSError, ValueError):  # none yet, or half of one
            self.known = {}
        for whole in folder.glob("whole*"):  # it had come, and was then not added
            if not self.file.exists():
                whole.rename(self.file)
        if not self.known:
            self.file.unlink(missing_ok=True)

    @property
    def size(self) -> int:
        return self.file.stat().st_size if self.file.exists() else 0

    @property
    def name(self) -> str:
        return self.known.get("name") or "download"

    @property
    def total(self) -> int | None:
        return self.known.get("total")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps another `dramatis add` of the same address out."""
        with (self.file.parent / "lock").open("w") as lock:
            if not take(lock):
                raise InputError(self.web.shown, "another process is fetching it", "Wait for that one")
            yield

    def wanted(self) -> dict[str, str]:
        """Headers of a request for what is still missing; without them all of it comes."""
        validator = self.known.get("validator")
        if not self.size or not (validator or self.web.sha256):
            return {}
        return {"Range": f"bytes={self.size}-"} | ({"If-Range": validator} if validator else {})

    def changed(self, answer: requests.Response, total: int | None = None) -> bool:
        """True if an answer is about another file than the one that was begun."""
        now, old = validator_of(answer.headers), self.known.get("validator")
        return bool(now and old and now != old) or bool(total and self.total and total != self.total)

    def begin(self) -> None:
        """Forgets what came."""
        self.file.unlink(missing_ok=True)
        self.known = {}

    def leave(self) -> None:
        """Takes the folder away if nothing came."""
        if not self.size:
            discard(self.file.parent)

    def learn(self, answer: requests.Response, name: str, total: int | None) -> None:
        """Remembers what the server says of the file."""
        self.known |= {"url": self.web.shown, "name": name, "total": total or self.total}
        self.known |= {"validator": validator_of(answer.headers)}
        self.known["digests"] = self.known.get("digests", {}) | digests_of(answer.status_code, answer.headers)
        self.state.write_text(json.dumps(self.known))

    def finished(self) -> Fetched:
        """The whole file.

        Raises:
            InputError: it has another digest than was stated; it is taken away then.
        """
        stated = dict(self.known.get("digests", {}))
        if self.web.sha256:
            stated["sha256"] = self.web.sha256
        found = {}
        for kind in {"sha256", *stated}:
            with self.file.open("rb") as stream:
                found[kind] = hashlib.file_digest(stream, kind).hexdigest()
        for kind, digest in sorted(stated.items()):
            if digest != found[kind]:
                who = "you stated" if kind == "sha256" and self.web.sha256 else "the server states"
                self.begin()
                problem = f"its {kind} is {found[kind]}, and {who} {digest}; what came was taken away"
                raise InputError(self.web.shown, problem, "Fetch it again, or ask whoever published it")
        return Fetched(self.file, self.name, found["sha256"])
