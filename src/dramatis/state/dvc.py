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
        with _params_read_once(), Repo() as repo:
            yield repo
    except NotDvcRepoError:
        raise MissingError(".dvc", "there is no project of DVC here", "Run `dvc init` in its top folder") from None
    except LockError as error:
        problem = f"DVC is at work here ({_said(error)})"
        raise InputError(place, problem, "Wait until it is done, then run it again") from None
    except DvcException as error:
        raise InputError(place, f"DVC says: {_said(error)}", "Mend that, then run it again") from None


@contextmanager
def _params_read_once() -> Iterator[None]:
    """DVC reads the whole of `params.yaml` again for every stage: most of its time in a show of 40 videos."""
    from dvc.dependency import param

    load, known = param.load_path, {}

    def load_once(path: str, fs: Any, **options: Any) -> Any:
        if path not in known:
            known[path] = load(path, fs, **options)
        return known[path]

    param.load_path = load_once
    try:
        yield
    finally:
        param.load_path = load


def _said(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
