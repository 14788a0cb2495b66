"""DVC itself, opened on the project of the working folder; what it throws becomes one line."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dramatis.core.errors import InputError, MissingError


@contextmanager
def opened(place: str = ".dvc", level: int = logging.ERROR) -> Iterator[Any]:
    """DVC's own view of the project.

    Args:
        place: what an error is about.
        level: of what DVC logs, the least that is shown.

    Raises:
        MissingError: there is no project of DVC here.
        InputError: another command of DVC is at work in it, or DVC refuses something; says why.
    """
    from dvc.exceptions import DvcException, NotDvcRepoError  # takes half a second, as does the last
    from dvc.lock import LockError
    from dvc.repo import Repo

    logging.getLogger("dvc").setLevel(level)
    try:
        with Repo() as repo:
            yield repo
    except NotDvcRepoError:
        raise MissingError(".dvc", "there is no project of DVC here", "Run `dvc init` in its top folder") from None
    except LockError as error:
        problem = f"DVC is at work here ({_said(error)})"
        raise InputError(place, problem, "Wait until it is done, then run it again") from None
    except DvcException as error:
        raise InputError(place, f"DVC says: {_said(error)}", "Mend that, then run it again") from None


def _said(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
