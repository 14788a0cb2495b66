"""Places to publish to, as the command line names them."""

import re
from pathlib import Path
from typing import Literal, NamedTuple

from dramatis.core.errors import ParameterError
from dramatis.publish.contents import Kind

HUB = re.compile(r"hf://(datasets/)?([^/]+/[^/]+?)/?")
REMOTE = re.compile(r"dvc://([\w.-]+)/?")
ALLOWED = "a folder, dvc://<remote>, hf://<user>/<name> for a model, or hf://datasets/<user>/<name>"


class Hub(NamedTuple):
    """A repository on the Hugging Face hub."""

    repo: str
    """`<user>/<name>`."""
    kind: Literal["model", "dataset"]
    """What the hub takes it for; a story is a dataset there."""

    def __str__(self) -> str:
        return f"hf://{'datasets/' if self.kind == 'dataset' else ''}{self.repo}"


class Remote(NamedTuple):
    """A remote of this project's DVC, by the name in its configuration."""

    name: str

    def __str__(self) -> str:
        return f"dvc://{self.name}"


Place = Path | Hub | Remote


def place_of(text: str, kind: Kind) -> Place:
    """The place that a text names.

    Args:
        text: as the command line has it.
        kind: what is to go there.

    Raises:
        ParameterError: it looks like an address, but is none that is known, or none for this kind.
    """
    if found := HUB.fullmatch(text):
        return _hub(text, Hub(found[2], "dataset" if found[1] else "model"), kind)
    if found := REMOTE.fullmatch(text):
        return Remote(found[1])
    if "://" in text or not text.strip():
        raise ParameterError(f"--to {text}", f"it must be {ALLOWED}", "Mend it")
    return Path(text)


def _hub(text: str, place: Hub, kind: Kind) -> Hub:
    """The repository, if the hub takes such a name, and such a thing there."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    fit: Literal["model", "dataset"] = "model" if kind == "model" else "dataset"
    if place.kind != fit:
        problem = f"a {kind} does not go to a repository of {place.kind}s"
        raise ParameterError(f"--to {text}", problem, f"Say {place._replace(kind=fit)}")
    try:
        validate_repo_id(place.repo)
    except HFValidationError as error:
        said = " ".join(str(error).split()).rstrip(".")
        raise ParameterError(f"--to {text}", f"the hub takes no such name ({said})", "Name another") from None
    return place
