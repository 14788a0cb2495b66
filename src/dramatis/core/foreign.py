"""Models that other libraries read: whatever these raise for files that are not whole becomes one line of ours."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dramatis.core.errors import UserError

LONGEST = 160
"""Letters of a library's own words that are quoted."""


@contextmanager
def refused_as(refuse: Callable[[str], UserError]) -> Iterator[None]:
    """Turns what a library raises in the block into an error of ours.

    Transformers, diffusers, tokenizers and safetensors have no common error, and a damaged file may raise any: the
    block should hold their calls alone.

    Args:
        refuse: makes the error, of the first words of the library's.
    """
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # noqa: BLE001
        raise refuse(" ".join(str(error).split())[:LONGEST].rstrip(". ") or type(error).__name__) from error
