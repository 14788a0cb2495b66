"""Errors that a user can cause: each says the place, the value, what is allowed and what to do."""

import errno
import logging
import signal
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager


class UserError(Exception):
    """Something in the input, the parameters or the environment that a person can mend.

    Attributes:
        place: file, parameter or item at fault, as the user knows it.
        problem: the value found and what is allowed.
        remedy: what to do or which command to run.
    """

    def __init__(self, place: str, problem: str, remedy: str):
        super().__init__(_on_one_line(f"{place}: {problem}. {remedy}"))
        self.place, self.problem, self.remedy = place, problem, remedy

    def __reduce__(self) -> tuple[type["UserError"], tuple[str, str, str]]:
        """Lets the error cross from a worker process with its three parts."""
        return type(self), (self.place, self.problem, self.remedy)


def _on_one_line(text: str) -> str:
    """Text that any terminal shows on one line: names of files may hold line breaks, escapes and broken letters."""
    if text.isprintable():
        return text
    return "".join(ascii(a)[1:-1] if unicodedata.category(a) in ("Cc", "Cs", "Zl", "Zp") else a for a in text)


class ParameterError(UserError):
    """A key or value of `params.yaml` or `cast.yaml` that is not allowed."""


class InputError(UserError):
    """A video, picture, weight file or folder that cannot be used."""


class MissingError(InputError):
    """A file that another step should have made or the user should have put there."""


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Prints a `UserError`, a full disk or Ctrl-C as one line on stderr and exits; everything else passes through.

    Also sets up logging, so that every stage script says things in the same way.
    """
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s", stream=sys.stderr)
    try:
        yield
    except KeyboardInterrupt:
        sys.stderr.write("stopped: what was finished stays, and the same command goes on from there\n")
        raise SystemExit(128 + signal.SIGINT) from None
    except UserError as error:
        sys.stderr.write(f"error: {error}\n")
        raise SystemExit(1) from None
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.stderr.write(f"error: {error.filename or 'disk'}: no space is left. Free some, then run it again\n")
        raise SystemExit(1) from None
