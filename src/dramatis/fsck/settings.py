"""What DVC is set up to do that lets damage pass unnoticed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dramatis.core.errors import MissingError

LINKS = {"hardlink", "symlink"}


def cache_warnings(config: Mapping[str, Any]) -> list[str]:
    """About how outputs and the cache share files.

    Args:
        config: of a project, as `dvc.repo.Repo.config` has it.
    """
    kinds = config["cache"].get("type") or []
    if not LINKS & set(kinds):
        return []
    problem = f"cache.type is {','.join(kinds)}: whoever writes into an output then writes into the cache"
    return [f"{problem}; `dvc config cache.type reflink,copy`, then `dvc checkout --relink`"]


def remote_warnings(config: Mapping[str, Any], name: str) -> list[str]:
    """About one remote."""
    if config["remote"][name].get("verify"):
        return []
    command = f"`dvc remote modify {name} verify true`"
    return [f"remote {name} has no verify: DVC does not look at what it pulls; {command}"]


def require_folder(config: Mapping[str, Any], name: str, path: str, local: bool) -> None:
    """Refuses a remote that is a folder of this machine and not there: DVC would make an empty one.

    Raises:
        MissingError: it is not there.
    """
    if local and not Path(path).is_dir():
        place = f"remote {name} ({config['remote'][name]['url']})"
        problem = "there is no such folder, and `dvc push` would make an empty one"
        raise MissingError(place, problem, "Mount its disk, or if it is new, make the folder")
