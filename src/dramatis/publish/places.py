"""Places to publish to, as the command line names them."""

import re
from pathlib import Path
from typing import NamedTuple

from dramatis.core.errors import ParameterError

HUB = re.compile(r"hf://datasets/([A-Za-z0-9][\w.-]{0,95})/([A-Za-z0-9][\w.-]{0,95})/?")
REMOTE = re.compile(r"dvc://([\w.-]+)/?")
ALLOWED = "a folder, dvc://<remote>, or hf://datasets/<user>/<name>"


class Hub(NamedTuple):
    """A dataset repository on the Hugging Face hub."""

    repo: str
    """`<user>/<name>`."""

    def __str__(self) -> str:
        return f"hf://datasets/{self.repo}"


class Remote(NamedTuple):
    """A remote of this project's DVC, by the name in its configuration."""

    name: str

    def __str__(self) -> str:
        return f"dvc://{self.name}"


Place = Path | Hub | Remote


def place_of(text: str) -> Place:
    """The place that a text names.

    Raises:
        ParameterError: it looks like an address, but is none that is known.
    """
    if found := HUB.fullmatch(text):
        return Hub(f"{found[1]}/{found[2]}")
    if found := REMOTE.fullmatch(text):
        return Remote(found[1])
    if "://" in text or not text.strip():
        raise ParameterError(f"--to {text}", f"it must be {ALLOWED}", "Mend it")
    return Path(text)
