"""Reads cache, workspace and remotes, names what is wrong, and repairs it."""

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from dvc.repo import Repo

from dramatis.fsck.clients import OLD, cache_stores, client_errors, in_reach, opened, remote_stores
from dramatis.fsck.known import Known
from dramatis.fsck.objects import Held, read_objects
from dramatis.fsck.outs import Out, read_outs
from dramatis.fsck.owners import owners_of
from dramatis.fsck.repair import MEND, Repair
from dramatis.fsck.report import WORKSPACE, Checked, Finding, Report
from dramatis.fsck.settings import cache_warnings, remote_warnings
from dramatis.fsck.stores import Store
from dramatis.fsck.workspace import Work, compare, read_work
from dramatis.pipeline.locks import mend_locks, refuse_cut_locks


def fsck(remotes: list[str], *, cache: bool, workspace: bool, repair: bool, jobs: int) -> Report:
    """Reads them, and repairs what it can if asked to.

    Args:
        remotes: names of remotes to read.
        cache: read the cache.
        workspace: read the outputs in the workspace.
        repair: put right what is wrong and can be.
        jobs: files that are read at the same time.

    Raises:
        InputError: this is no project of DVC, DVC is at work in it, a lock is cut off and `repair` is not asked for, or
            a remote is out of reach.
        ParameterError: DVC knows no such remote.
    """
    mended = mend_locks() if repair else []
    refuse_cut_locks()
    with opened() as repo:
        outs = read_outs(repo)
        stores = [store for name in dict.fromkeys(remotes) for store in remote_stores(repo, name, _kinds(outs))]
        stores = [*(cache_stores(repo) if cache else ()), *stores]
        known = Known(Path(repo.root_dir), _absent_all(repo, outs), [], client_errors())
        report = Report(notes=[*mended, *cache_warnings(repo.config)])
        if workspace:
            known.work, checked = read_work(repo, outs, jobs)
            report.checked.append(checked)
        for store in stores:
            checked = _read(store, outs, known, jobs)
            if checked.objects or store.odb.hash_name != OLD:
                report.checked.append(checked)
        if workspace:
            compare(repo, outs, known.work, known.files_of)
        findings = _owned(_found(known, outs), known, outs)
        report.findings.extend(_repaired(findings, known, Path(repo.tmp_dir)) if repair else _hinted(findings, known))
        report.notes.extend(_notes(repo, remotes, known, outs))
    return report


def _kinds(outs: Iterable[Out]) -> set[str]:
    return {out.kind for out in outs}


def _absent_all(repo: Repo, outs: Iterable[Out]) -> Work:
    """The workspace as far as one sees without reading it."""
    return Work(absent={out.path for out in outs if not (Path(repo.root_dir) / out.path).exists()})


def _read(store: Store, outs: list[Out], known: Known, jobs: int) -> Checked:
    """Reads a store; one that cannot list what it holds is asked for what the workspace's lock files name."""
    began, held = time.monotonic(), Held(store)
    known.helds.append(held)
    with in_reach(store.name):
        if store.listable:
            sizes, held.strays = store.objects()
            read_objects(held, sizes, jobs, known.errors)
        else:
            mine = [out for out in outs if _belongs(out, store)]
            read_objects(held, dict.fromkeys(out.oid for out in mine), jobs, known.errors)
            known.seen.clear()
            more = {oid for out in mine for oid in known.objects_of(out)} - {out.oid for out in mine}
            read_objects(held, dict.fromkeys(sorted(more)), jobs, known.errors)
    known.seen.clear()
    size = sum(size or 0 for size in held.sizes.values())
    return Checked(store.name, len(held.sizes), size, round(time.monotonic() - began, 3))


def _belongs(out: Out, store: Store) -> bool:
    """Whether an output's objects should be in a store, once they are anywhere."""
    if out.kind != store.odb.hash_name:
        return False
    return out.cached if store.remote is None else out.goes_to(store.remote)


def _found(known: Known, outs: list[Out]) -> list[Finding]:
    """All that is wrong: in the stores, missing from them, in the workspace."""
    found = list(known.work.findings)
    for held in known.helds:
        found += held.findings()
        for oid in _lacking(held, known, outs):
            found.append(Finding(held.store.name, "missing", oid, held.store.place(oid)))
    return found


def _lacking(held: Held, known: Known, outs: list[Out]) -> list[str]:
    """Objects that should be there: in a remote all, in a cache those of outputs that somebody made or pulled here."""
    wanted: dict[str, None] = {}
    for out in outs:
        here = out.path not in known.work.absent or out.oid in held.sizes
        if _belongs(out, held.store) and (here or held.store.remote):
            wanted.update(dict.fromkeys(known.objects_of(out)))
    return [oid for oid in wanted if oid not in held.sizes]


def _owned(findings: list[Finding], known: Known, outs: list[Out]) -> list[Finding]:
    """The findings with the outputs to which they belong."""
    oids = {finding.oid for finding in findings if finding.store != WORKSPACE}
    owners = owners_of(oids, outs, known.lists(), known.top) if oids else {}
    return [replace(one, owners=one.owners or owners.get(one.oid, ())) for one in findings]


def _hinted(findings: list[Finding], known: Known) -> list[Finding]:
    """The findings with what `--repair` would do."""
    hinted = []
    for finding in findings:
        origins = [name for name, _ in known.copies(finding.oid, finding.store)] if finding.oid else []
        if finding.problem == "unreadable":
            hinted.append(finding.left(MEND))
        elif finding.problem == "extra":
            hinted.append(finding.left("`--repair` moves it away"))
        elif origins:
            hinted.append(finding.left(f"`--repair` takes it from the {origins[0]}"))
        else:
            hinted.append(finding.left("no sound copy in what was read; name a `--remote` that may have one"))
    return hinted


def _repaired(findings: list[Finding], known: Known, scratch: Path) -> list[Finding]:
    """The findings with what became of them; DVC then looks anew at what the remotes hold."""
    done = Repair(known, scratch / "fsck").all(findings)
    changed = {finding.store for finding in findings}
    for held in known.helds:
        if held.store.name in changed and held.store.remote:
            held.store.forget()
    return done


def _notes(repo: Repo, remotes: list[str], known: Known, outs: list[Out]) -> list[str]:
    """What is not wrong but worth a word."""
    notes = [line for name in dict.fromkeys(remotes) for line in remote_warnings(repo.config, name)]
    for held in known.helds:
        if held.strays:
            count = f"files that are no objects: {len(held.strays)}"
            notes.append(f"{held.store.name}: {count}, such as {held.strays[0]}")
        if not held.store.listable:
            notes.append(f"{held.store.name} cannot list what it holds: only what the lock files here name was read")
    if absent := [out.path for out in outs if out.path in known.work.absent]:
        count = f"{len(absent)} outputs are not in the workspace"
        notes.append(f"{count}, such as {absent[0]}: `dvc checkout` or `dvc pull`")
    return notes
