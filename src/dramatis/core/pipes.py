"""The pipes of a program that was started with them."""

from typing import IO


def opened(pipe: IO[bytes] | None) -> IO[bytes]:
    """A pipe of a `Popen`.

    Raises:
        ValueError: the program was started without it.
    """
    if pipe is None:
        raise ValueError("the program was started without this pipe")
    return pipe
