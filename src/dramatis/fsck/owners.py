"""Which output of which stage an object belongs to, now or at any commit."""

import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import yaml

from dramatis.core.yaml_lines import fast_yaml
from dramatis.fsck.outs import Out
from dramatis.fsck.report import WORKSPACE, Owner

LOCKS = ("*.lock", "*.dvc")
OID = re.compile(r"\b[0-9a-f]{32}(?:\.dir)?\b")


class Lock(NamedTuple):
    """A lock file or `.dvc` file as some commit left it; the newest commit of those that have it."""

    commit: str
    path: str
    blob: str


def owners_of(
    oids: Iterable[str], outs: Iterable[Out], lists: Mapping[str, Mapping[str, str]], top: Path
) -> dict[str, tuple[Owner, ...]]:
    """Owners of each object: of the workspace first, then the newest commit for every other output.

    Args:
        oids: names of objects.
        outs: the workspace's.
        lists: files of folders, by name of their object, of all folders that are known.
        top: the project's top folder.
    """
    inside = _inside(set(oids), lists)
    found: dict[str, dict[tuple[str, str], Owner]] = defaultdict(dict)

    def note(oid: str, path: str, stage: str, revision: str) -> None:
        for one, below in inside.get(oid, ()):
            full = f"{path}/{below}" if below else path
            found[one].setdefault((full, stage), Owner(full, stage, revision))

    for out in outs:
        note(out.oid, out.path, out.stage, WORKSPACE)
    for lock, text in _texts(_locks(top), top):
        if inside.keys() & set(OID.findall(text)):
            for path, stage, oid in _entries(lock.path, text):
                note(oid, path, stage, lock.commit)
    return {oid: tuple(owners.values()) for oid, owners in found.items()}


def _inside(oids: set[str], lists: Mapping[str, Mapping[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """For each name that a lock file may have: objects behind it, and their paths in its folder."""
    inside: dict[str, list[tuple[str, str]]] = {oid: [(oid, "")] for oid in oids}
    for folder, files in lists.items():
        for path, digest in files.items():
            if digest in oids:
                inside.setdefault(folder, []).append((digest, path))
    return inside


def _locks(top: Path) -> list[Lock]:
    """Every version of every lock file in git, newest first; none without git."""
    command = ["git", "log", "--all", "-m", "--raw", "--no-abbrev", "--no-renames", "--format=>%H %cs", "--", *LOCKS]
    done = subprocess.run(command, cwd=top, capture_output=True, text=True, check=False)
    commit = ""
    found: dict[tuple[str, str], Lock] = {}
    for line in done.stdout.splitlines():
        if line.startswith(">"):
            digest, day = line[1:].split()
            commit = f"{digest[:10]} ({day})"
        elif line.startswith(":"):
            facts, path = line.split("\t", 1)
            blob = facts.split()[3]
            if blob.strip("0"):
                found.setdefault((path, blob), Lock(commit, path, blob))
    return list(found.values())


def _texts(locks: list[Lock], top: Path) -> Iterator[tuple[Lock, str]]:
    """Their contents, by one call of git."""
    asked = "".join(f"{lock.blob}\n" for lock in locks).encode()
    command = ["git", "cat-file", "--batch"]
    data = subprocess.run(command, cwd=top, input=asked, capture_output=True, check=False).stdout if locks else b""
    place = 0
    for lock in locks:
        end = data.index(b"\n", place)
        size = int(data[place:end].split()[2])
        yield lock, data[end + 1 : end + 1 + size].decode(errors="replace")
        place = end + size + 2


def _entries(file: str, text: str) -> Iterator[tuple[str, str, str]]:
    """Path, stage and name of object of every output of a lock file; nothing of one that is no YAML."""
    try:
        said = fast_yaml(text)
    except yaml.YAMLError:
        return
    said = said if isinstance(said, dict) else {}
    folder = PurePosixPath(file).parent
    if file.endswith(".dvc"):
        yield from ((_below(folder, path), file, oid) for path, oid in _outs(said))
        return
    head = "" if str(folder) == "." else f"{folder}/dvc.yaml:"
    for name, stage in (said.get("stages") or {}).items():
        yield from ((path, f"{head}{name}", oid) for path, oid in _outs(stage))


def _outs(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for out in body.get("outs") or []:
        if oid := out.get("md5"):
            yield out["path"], oid


def _below(folder: PurePosixPath, path: str) -> str:
    return path if str(folder) == "." else f"{folder}/{path}"
