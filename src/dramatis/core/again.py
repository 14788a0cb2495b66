"""Downloads that are not given up at the first broken line: which tries may be repeated, and when it is enough."""

import logging
import time
from collections.abc import Callable, Mapping
from email.message import Message
from pathlib import Path
from typing import TypeVar

from dramatis.core.errors import InputError

PASSING = (408, 425, 429, 500, 502, 503, 504)
"""Answers of a server after which the next try may go well."""
PATIENCE = 5
"""Tries in a row that bring nothing new."""
MOST_PAUSE_S, MOST_WAIT_S = 30.0, 60.0
"""Longest pause between two tries, and the longest that a server may ask for [s]."""

T = TypeVar("T")


class Again(Exception):
    """This try failed, and another may not; says why, and how long the server asks to wait [s]."""

    def __init__(self, reason: str, wait_s: float | None = None):
        super().__init__(reason)
        self.reason, self.wait_s = reason, wait_s


def patiently(once: Callable[[], T], part: Path, shown: str, remedy: str, pause_s: float) -> T:
    """What `once` gives, tried again with growing pauses until `PATIENCE` tries in a row brought nothing new.

    Args:
        once: one try; raises `Again` if another may go well.
        part: file that grows.
        shown: how the user knows what is fetched.
        remedy: what to do when it is given up and nothing came.
        pause_s: wait before the second try [s]; doubled before each further one, up to `MOST_PAUSE_S`.

    Raises:
        InputError: it is given up.
    """
    tries = 0
    while True:
        before = size_of(part)
        try:
            return once()
        except Again as error:
            failed = error
        tries = 1 if size_of(part) > before else tries + 1
        if tries >= PATIENCE:
            came = size_of(part)
            kept = f"; {came} bytes are kept in {part}" if came else ""
            problem = f"{failed.reason}, {tries} times in a row{kept}"
            raise InputError(shown, problem, "The same command goes on from there" if came else remedy)
        wait_s = failed.wait_s if failed.wait_s is not None else min(MOST_PAUSE_S, pause_s * 2 ** (tries - 1))
        logging.getLogger("download").info("%s: %s; again in %.0f s", shown, failed.reason, wait_s)
        time.sleep(wait_s)


def size_of(part: Path) -> int:
    """Bytes that came so far."""
    return part.stat().st_size if part.is_file() else 0


def wait_of(headers: Mapping[str, str] | Message) -> float | None:
    """Seconds that a server asks to wait; null if it does not, at most `MOST_WAIT_S`."""
    said = headers.get("Retry-After", "").strip()
    return min(float(said), MOST_WAIT_S) if said.isdecimal() else None
