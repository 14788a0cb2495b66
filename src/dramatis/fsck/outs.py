"""The outputs that lock files name, and the lists of files of those that are folders."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dvc.repo import Repo
from dvc_data.hashfile.tree import Tree

FOLDER = ".dir"
"""Ending of the name of the list of a folder's files."""


@dataclass(frozen=True)
class Out:
    """An output of a stage, or what `dvc add` or `dvc import` tracks.

    Attributes:
        path: from the project's top folder.
        stage: as DVC writes it.
        oid: name of its object.
        kind: of digest, `md5` or `md5-dos2unix`.
        cached: DVC keeps a copy; what is not cached is in git.
        pushed: `dvc push` sends it.
        remote: the only remote that it is pushed to; None for any.
    """

    path: str
    stage: str
    oid: str
    kind: str
    cached: bool
    pushed: bool
    remote: str | None

    @property
    def folder(self) -> bool:
        """It is a folder."""
        return self.oid.endswith(FOLDER)

    def goes_to(self, remote: str) -> bool:
        """Whether `dvc push` sends it to a remote of this name."""
        return self.cached and self.pushed and self.remote in (None, remote)


def read_outs(repo: Repo) -> list[Out]:
    """All of the workspace that have been made once, by path."""
    found = []
    for out in repo.index.outs:
        if out.protocol == "local" and out.is_in_repo and out.hash_info and out.hash_info.value:
            imported = out.stage.is_repo_import
            found.append(
                Out(
                    path=Path(out.fs_path).relative_to(repo.root_dir).as_posix(),
                    stage=out.stage.addressing,
                    oid=out.hash_info.value,
                    kind=out.hash_name,
                    cached=bool(out.use_cache),
                    pushed=bool(out.can_push) and not imported,
                    remote=out.remote,
                )
            )
    return sorted(found, key=lambda out: out.path)


def parse_list(data: bytes) -> dict[str, str]:
    """Digest of each file of a folder, by its path in there; as an object `….dir` holds it."""
    return {entry["relpath"]: entry["md5"] for entry in json.loads(data)}


def write_list(files: Mapping[str, str]) -> bytes:
    """The object `….dir` of a folder, byte for byte as DVC writes it."""
    return Tree.from_list([{"md5": digest, "relpath": path} for path, digest in files.items()]).as_bytes()
