"""DVC's own access to cache and remotes, opened so that nobody writes meanwhile, and what its clients throw."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec

from dvc.config import NoRemoteError, RemoteNotFoundError
from dvc.fs import RemoteMissingDepsError
from dvc.repo import Repo
from dvc.rwlock import rwlock
from dvc_objects.errors import ObjectDBError

from dramatis.core.errors import InputError, ParameterError
from dramatis.fsck.objects import in_one_line
from dramatis.fsck.report import CACHE
from dramatis.fsck.settings import require_folder
from dramatis.fsck.stores import Store
from dramatis.state.dvc import opened as open_dvc

OLD = "md5-dos2unix"
"""How DVC took digests before its version 3; such objects lie beside the others."""

THROWN = {
    "botocore.exceptions": ("BotoCoreError", "ClientError"),
    "asyncssh": ("Error",),
    "aiohttp": ("ClientError",),
}
"""What clients of remotes throw beside what the operating system does, by module."""


TALKERS = ("asyncssh", "aiobotocore", "botocore")
"""Loggers of clients that tell each step they take."""


def client_errors() -> tuple[type[Exception], ...]:
    """All that may be thrown where something cannot be read or written."""
    found: list[type[Exception]] = [OSError, ObjectDBError]
    for name, kinds in THROWN.items():
        if find_spec(name.split(".")[0]):
            found += [getattr(import_module(name), kind) for kind in kinds]
    return tuple(found)


@contextmanager
def opened() -> Iterator[Repo]:
    """The project of the working directory; no other command of DVC writes to its outputs meanwhile.

    Raises:
        InputError: there is none, it cannot be read, or DVC is at work in it.
    """
    for name in TALKERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    with open_dvc() as repo, repo.lock:
        outs = [out.fs_path for out in repo.index.outs if out.protocol == "local"]
        hard = repo.config["core"].get("hardlink_lock", False)
        with rwlock(repo.tmp_dir, repo.fs, "dramatis fsck", outs, [], hard):
            yield repo


def cache_stores(repo: Repo) -> list[Store]:
    """The cache, and beside it what older versions of DVC left there."""
    caches = repo.cache
    return [
        Store(CACHE, None, caches.local, caches.local_cache_dir),
        Store(f"{CACHE} of DVC 2", None, caches.legacy, caches.local_cache_dir),
    ]


def remote_stores(repo: Repo, name: str, kinds: set[str]) -> list[Store]:
    """A remote; two stores if there are outputs of both kinds of digest.

    Raises:
        ParameterError: DVC knows no such remote.
        InputError: its client is not installed, it is no plain store of objects, or its folder is not there.
    """
    try:
        remote = repo.cloud.get_remote(name, "fsck")
        odb, protocol = remote.odb, remote.fs.protocol
    except (RemoteNotFoundError, NoRemoteError):
        known = ", ".join(sorted(repo.config["remote"])) or "none"
        remedy = "Add it: `dvc remote add <name> <address>`"
        raise ParameterError(f"--remote {name}", f"DVC knows no such remote, there are: {known}", remedy) from None
    except RemoteMissingDepsError as error:
        remedy = "`pip install 'dramatis[remotes]'` brings those for ssh and S3"
        raise InputError(f"remote {name}", f"its client is not installed ({in_one_line(error)})", remedy) from None
    if remote.worktree or remote.fs.version_aware:
        problem = "it keeps versions in the cloud's own way (version_aware), so it has no objects named by digest"
        raise InputError(f"remote {name}", problem, "Leave it out")
    require_folder(repo.config, name, remote.path, protocol == "local")
    stores = [Store(f"remote {name}", name, odb, remote.path)]
    if OLD in kinds:
        stores.append(Store(f"remote {name} of DVC 2", name, remote.legacy_odb, remote.path))
    return stores


@contextmanager
def in_reach(store: str) -> Iterator[None]:
    """Turns what a client throws when it cannot even list a store into one line.

    Raises:
        InputError: it did.
    """
    try:
        yield
    except client_errors() as error:
        problem = f"it is out of reach ({in_one_line(error)})"
        raise InputError(store, problem, "Check its address, the connection and who you are there") from None
