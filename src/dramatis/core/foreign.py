"""Models that other libraries read: whatever these raise for files that are not whole becomes one line of ours."""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dramatis.core.errors import InputError, UserError, as_user_error

LONGEST = 240
"""Letters of a library's own words that are quoted: onnxruntime begins with the whole path."""


@contextmanager
def refused_as(refuse: Callable[[str], UserError]) -> Iterator[None]:
    """Turns what a library raises in the block into an error of ours.

    Transformers, diffusers, tokenizers, safetensors and onnxruntime have no common error, and a damaged file may raise
    any: the block should hold their calls alone. What the machine lacks (memory, rights, space) passes through.

    Args:
        refuse: makes the error, of the first words of the library's.

    Raises:
        InputError: the library lacks another one.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 - see above
        if as_user_error(error) is not None:
            raise
        said = " ".join(str(error).split())[:LONGEST].rstrip(". ") or type(error).__name__
        if isinstance(error, ImportError):
            raise InputError("a library", f"it is missing or cannot be loaded ({said})", "Install it") from error
        raise refuse(said) from error


def check_whole(absent: Collection[str], place: str, remedy: str) -> None:
    """Refuses a model for whose missing tensors its library has made up numbers.

    Args:
        absent: names of the tensors that are in none of its files.

    Raises:
        InputError: there are some.
    """
    if absent:
        more = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
        raise InputError(place, f"no tensor {min(absent)}{more} in its files", remedy)


def read_configuration(file: Path) -> dict[str, Any]:
    """The JSON object in a file of a model.

    Raises:
        InputError: it holds none.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError(str(file), f"no JSON can be read from it ({error})", "Fetch this model again") from None
    if not isinstance(content, dict):
        raise InputError(str(file), "it holds no JSON object", "Fetch this model again")
    return content
