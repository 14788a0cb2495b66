"""The outputs in the workspace, against what the lock files say of them."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import md5
from pathlib import Path

from dvc.fs import localfs
from dvc.repo import Repo

from dramatis.fsck.digests import digest_of, side_by_side
from dramatis.fsck.objects import in_one_line, progress
from dramatis.fsck.outs import FOLDER, Out, write_list
from dramatis.fsck.report import WORKSPACE, Checked, Finding, Owner, Problem


@dataclass
class Work:
    """What the workspace holds.

    Attributes:
        digests: digest of every file of every output that is there, by its path from the top folder.
        absent: outputs that are not there: nobody pulled them.
        unread: files that could not be read, and why.
        lists: lists of folders made anew from the files, by name of object, for folders that are whole.
        findings: what is wrong.
    """

    digests: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    unread: dict[str, str] = field(default_factory=dict)
    lists: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def files(self) -> dict[str, list[str]]:
        """Files by digest."""
        found: dict[str, list[str]] = {}
        for path, digest in self.digests.items():
            found.setdefault(digest, []).append(path)
        return found


def read_work(repo: Repo, outs: list[Out], jobs: int) -> tuple[Work, Checked]:
    """Reads every file of every output; what is wrong is found by `compare`."""
    began = time.monotonic()
    top = Path(repo.root_dir)
    work = Work(absent={out.path for out in outs if not (top / out.path).exists()})
    here = [out for out in outs if out.path not in work.absent]
    files = [(file, out.kind) for out in here for file in _files(repo, top / out.path)]
    sizes = [file.lstat().st_size for file, _ in files]
    with progress(WORKSPACE, sum(sizes)) as tick:

        def read(item: tuple[Path, str]) -> tuple[str, str, str]:
            place = item[0].relative_to(top).as_posix()
            try:
                with item[0].open("rb") as file:
                    return place, digest_of(file, item[1], tick), ""
            except OSError as error:
                return place, "", error.strerror or in_one_line(error)

        for place, digest, why in side_by_side(read, files, jobs):
            if why:
                work.unread[place] = why
            else:
                work.digests[place] = digest
    for out in here:
        if out.folder:
            data = write_list(_below(work, out))
            if md5(data, usedforsecurity=False).hexdigest() + FOLDER == out.oid:
                work.lists[out.oid] = data
    return work, Checked(WORKSPACE, len(sizes), sum(sizes), round(time.monotonic() - began, 3))


def compare(repo: Repo, outs: list[Out], work: Work, lists: Callable[[str], Mapping[str, str] | None]) -> None:
    """Notes what differs from the lock files.

    Args:
        repo: DVC's, for what it remembers of each file.
        outs: the outputs.
        work: what was read.
        lists: files of a folder by name of its object; None if nobody has a sound list.
    """
    top = Path(repo.root_dir)
    for out in outs:
        if out.path in work.absent or out.oid in work.lists:
            continue
        owner = (Owner(out.path, out.stage, WORKSPACE),)
        for path, why in work.unread.items():
            if path == out.path or path.startswith(f"{out.path}/"):
                work.findings.append(Finding(WORKSPACE, "unreadable", "", path, None, why, owner))
        if out.folder != (top / out.path).is_dir():
            why = f"it is a {'file' if out.folder else 'folder'}, and its lock file says otherwise"
            work.findings.append(Finding(WORKSPACE, "changed", "", out.path, None, why, owner))
            continue
        if not out.folder:
            if work.digests.get(out.path, out.oid) != out.oid:
                work.findings.append(_differs(repo, top / out.path, out.path, out.oid, owner))
            continue
        files, wanted = _below(work, out), lists(out.oid)
        if wanted is None:
            why = "not what its lock file says, and the list of its files is nowhere"
            work.findings.append(Finding(WORKSPACE, "changed", "", out.path, None, why, owner))
            continue
        for path in sorted(files.keys() | wanted.keys()):
            place = f"{out.path}/{path}"
            if place in work.unread:
                continue
            if path not in files:
                work.findings.append(Finding(WORKSPACE, "missing", wanted[path], place, None, "", owner))
            elif path not in wanted:
                size = (top / place).stat().st_size
                work.findings.append(Finding(WORKSPACE, "extra", "", place, size, "", owner))
            elif files[path] != wanted[path]:
                work.findings.append(_differs(repo, top / place, place, wanted[path], owner))


def _differs(repo: Repo, file: Path, place: str, oid: str, owner: tuple[Owner, ...]) -> Finding:
    """Corrupt if DVC still takes it for what it was, by its date and size; else changed."""
    _, remembered = repo.state.get(str(file), localfs)
    problem: Problem = "corrupt" if remembered is not None and remembered.value == oid else "changed"
    return Finding(WORKSPACE, problem, oid, place, file.stat().st_size, "", owner)


def _files(repo: Repo, path: Path) -> list[Path]:
    """Files of an output, without those that `.dvcignore` names."""
    return [path] if path.is_file() else sorted(map(Path, repo.dvcignore.find(localfs, str(path))))


def _below(work: Work, out: Out) -> dict[str, str]:
    """Digests of the files of a folder, by path in it."""
    head = f"{out.path}/"
    return {path.removeprefix(head): digest for path, digest in work.digests.items() if path.startswith(head)}
