"""Keeps tokens and passwords out of everything that is printed or logged."""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

HIDDEN = "<hidden>"
SHAPES = (
    re.compile(r"(\b(?:bearer|basic) )\S+", re.IGNORECASE),
    re.compile(r"(\b)hf_[A-Za-z0-9]{20,}"),
    re.compile(r"(://)[^/\s@]+(?=@)"),
    re.compile(r"([?&](?:x-amz-[\w-]+|signature|sig|token|policy)=)[^&\s\"']+", re.IGNORECASE),
)
"""What a secret looks like behind a group: what follows a scheme, a token of the hub, user and password in an address,
what an address is signed with."""
KEYS = re.compile(r"secret|token|password|passphrase|access_key|account_key|connection_string")
"""Names of settings that hold one."""


def without_secrets(text: str, secrets: Iterable[str | None] = ()) -> str:
    """A text with `<hidden>` in place of each secret, known or by its shape."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for shape in SHAPES:
        text = shape.sub(rf"\1{HIDDEN}", text)
    return text


def secrets_in(settings: Mapping[str, Any]) -> list[str]:
    """Values of those settings that are secrets by their names."""
    return [value for key, value in settings.items() if isinstance(value, str) and KEYS.search(key)]


@contextmanager
def silent_about(secrets: Iterable[str | None]) -> Iterator[None]:
    """While it lasts no log record and no warning, of whatever library, holds a secret."""
    known, before = list(secrets), logging.getLogRecordFactory()

    def record(*arguments: Any, **more: Any) -> logging.LogRecord:
        made = before(*arguments, **more)
        made.msg, made.args = without_secrets(made.getMessage(), known), ()
        return made

    logging.setLogRecordFactory(record)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        logging.setLogRecordFactory(before)
