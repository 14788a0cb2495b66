"""DVC: its cache, its remote, and the secrets that must not be in git."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from dramatis.doctor.finding import Finding, fail, ok, warn

SECRETS = (
    "password", "access_key_id", "secret_access_key", "session_token", "connection_string", "account_key", "sas_token",
    "client_secret", "token", "gdrive_client_secret", "gdrive_service_account_json", "key_path_password", "oss_key_id",
    "oss_key_secret", "sse_customer_key",
)  # fmt: skip
"""Keys of a remote that let somebody in."""
PORTS = {"ssh": 22, "http": 80, "https": 443, "webdav": 80, "webdavs": 443, "s3": 443, "gs": 443, "azure": 443}
CLOUD = {"s3": "s3.amazonaws.com", "gs": "storage.googleapis.com", "gdrive": "www.googleapis.com"}
"""Where a remote without an address of its own is."""


class Config(NamedTuple):
    """DVC's configuration: each of its files by section and key.

    Attributes:
        committed: `.dvc/config`, which is in git.
        merged: that, overruled by `.dvc/config.local` and by those of the user and the machine below it.
    """

    committed: Mapping[str, Mapping[str, str]]
    merged: Mapping[str, Mapping[str, str]]


class Cache(NamedTuple):
    """The cache's place.

    Attributes:
        place: folder.
        kinds: link types, as configured.
        clones: its disk can clone files into the project.
        same_disk: it lies on the disk of the project.
    """

    place: str
    kinds: tuple[str, ...]
    clones: bool
    same_disk: bool


class Reached(NamedTuple):
    """What came of asking for the remote; `problem` is None if it answered, `asked` False if nobody asked."""

    asked: bool
    problem: str | None = None


def remote_of(config: Config) -> tuple[str, Mapping[str, str]] | None:
    """The name and the settings of the default remote."""
    name = config.merged.get("core", {}).get("remote")
    return (name, config.merged.get(f'remote "{name}"', {})) if name else None


def endpoint(settings: Mapping[str, str]) -> tuple[str, int] | None:
    """Host and port of a remote that is reached over a network; None for a folder."""
    parts = urlsplit(settings.get("endpointurl") or settings.get("url", ""))
    kind = parts.scheme
    if len(kind) < 2 or kind == "file":  # nothing, or the letter of a disk
        return None
    host = settings.get("endpointurl") and parts.hostname or CLOUD.get(kind) or parts.hostname
    return (host, parts.port or PORTS.get(kind, 443)) if host else None


def check_cache(cache: Cache) -> Finding:
    """Link types, and the disk it lies on."""
    place = f"{cache.place}, {', '.join(cache.kinds)}"
    linked = [kind for kind in cache.kinds if kind in ("hardlink", "symlink")]
    if linked:
        said = f"{place}: a program that writes into a file of data/ changes the cache with it"
        return fail("dvc cache", said, "`dvc config cache.type reflink,copy`, then `dvc checkout --relink`")
    if not cache.same_disk:
        return warn("dvc cache", f"{place}, on another disk: every file is copied", "Keep it on the project's disk")
    if not cache.clones:
        said = f"{place}: this disk cannot clone files, so DVC keeps everything twice"
        return warn("dvc cache", said, "Leave it, if there is room; a disk with XFS or btrfs can clone")
    return ok("dvc cache", f"{place}: files are cloned and take no room twice")


def check_secrets(committed: Mapping[str, Mapping[str, str]]) -> list[Finding]:
    """Secrets in the configuration that everybody gets with git."""
    found = []
    for section, values in committed.items():
        keys = [key for key in values if key in SECRETS]
        inside = re.search(r"://[^/@]+:[^/@]+@", values.get("url", ""))
        if keys or inside:
            what = keys[0] if keys else "a password in url"
            said = f".dvc/config, {section}: {what} is in git"
            remedy = "Change that secret, and keep it with `dvc remote modify --local`"
            found.append(fail("secrets", said, remedy))
    return found or [ok("secrets", "none in .dvc/config")]


def check_remote(remote: tuple[str, Mapping[str, str]] | None, folder: Path | None, reached: Reached) -> list[Finding]:
    """The default remote: that there is one, that it can be reached, that what comes from it is checked.

    Args:
        folder: where it lies, for a remote that is a folder.
        reached: whether it answered; of a folder whether it is there.
    """
    if remote is None:
        remedy = "`dvc remote add -d <name> <address>`, then `dvc push`: docs/sharing.md"
        return [warn("remote", "there is none: the data lies on this machine alone", remedy)]
    name, settings = remote
    if not settings.get("url"):
        return [fail("remote", f"core.remote names {name}, of which nothing is said", "`dvc remote add` it")]
    found = []
    if reached.problem is not None:
        told = (
            "Mount it: DVC would make the folder anew, on this disk" if folder else "Check the network, then try again"
        )
        found.append(fail("remote", f"{name} ({_bare(settings['url'])}): {reached.problem}", told))
    else:
        asked = "reached" if reached.asked else "not asked, see --remote"
        found.append(ok("remote", f"{name} ({_bare(settings['url'])}), {asked}"))
    if settings.get("verify", "false").lower() != "true":
        said = f"{name} does not check what it gives: a broken object would be taken for whole"
        found.append(warn("remote", said, f"`dvc remote modify {name} verify true`"))
    return found


def _bare(url: str) -> str:
    """An address without what may be a secret."""
    return re.sub(r"://[^/@]*@", "://", url)
