"""`make faults`: everything that can happen to a stage, its files, its disk and its remote, and what becomes of it.

A small project is made once. Then each stage meets each fault: at random moments, `kill -9` at ten. After each the
processes, the outputs and the words are looked at, and the stage is run again: it must write the bytes of the
undisturbed run.

    python -m dramatis.bench.faults                                  # all of it
    python -m dramatis.bench.faults --resume                         # what an interrupted one left
    python -m dramatis.bench.faults --stages frames,train --faults kill_stage,disk_full --times 2
"""

import argparse
import json
import logging
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random
from threading import Event, Lock
from typing import Any, NamedTuple

from tqdm import tqdm

from dramatis.bench import faults_ends as ends
from dramatis.bench import faults_files as files
from dramatis.bench import faults_stores as stores
from dramatis.bench.faults_page import write_page
from dramatis.bench.faults_project import Subject, build
from dramatis.bench.faults_watch import Bench, Ended, told
from dramatis.core.errors import InputError, one_line_errors
from dramatis.core.tables import write_json

log = logging.getLogger("faults")

WORK, METRICS = Path("work/faults"), Path("metrics/bench/faults.json")
TRIED = WORK / "tried.jsonl"
"""Every trial that has ended, one a line."""
DISK = "1500m"
"""Size of the disk in memory on which a project is tried."""
CUT_OFF = "dvc.lock' is invalid"
"""What DVC says of a lock that it was writing when it was ended."""
MENDED = "after `dramatis fsck --repair`, as DVC had left half a lock"
OUTCOMES = ("survived", "lost", "silent", "unclear", "skipped")


class Fault(NamedTuple):
    """One kind of fault.

    Attributes:
        act: does it to a stage; gives what the disturbed command came to, None if it cannot happen here.
        times: how often each stage meets it.
        by_dvc: whether `dvc repro` mends it, rather than the script alone.
        does: in words, for the page.
    """

    act: Callable[[Bench, Subject, float, Random], AbstractContextManager[Ended | None]]
    times: int
    by_dvc: bool
    does: str


FAULTS = {
    "kill_stage": Fault(ends.kill_stage, 10, False, "`kill -9` of the stage, once of these while it writes"),
    "kill_dvc": Fault(ends.kill_dvc, 1, True, "`kill -9` of `dvc` alone"),
    "terminate_stage": Fault(ends.terminate_stage, 2, False, "SIGTERM to the stage"),
    "terminate_dvc": Fault(ends.terminate_dvc, 1, True, "SIGTERM to `dvc` alone"),
    "interrupt": Fault(ends.interrupt, 1, True, "Ctrl-C: SIGINT to `dvc`, stage and workers"),
    "kill_worker": Fault(ends.kill_worker, 1, False, "a worker process is killed for want of memory"),
    "no_memory": Fault(ends.no_memory, 1, True, "the stage gets no more memory"),
    "two_scripts": Fault(ends.two_scripts, 1, False, "the stage runs twice at once"),
    "two_repros": Fault(ends.two_repros, 1, True, "two `dvc repro` at once"),
    "disk_full": Fault(files.disk_full, 2, False, "the disk is full half way"),
    "disk_full_dvc": Fault(files.disk_full_dvc, 1, True, "the disk is full when DVC takes its copy"),
    "read_only": Fault(files.read_only, 1, False, "the folder of the output is mounted read-only"),
    "no_permission": Fault(files.no_permission, 1, False, "the project belongs to another user"),
    "removed_input": Fault(files.removed_input, 2, False, "a file that the stage reads is gone"),
    "truncated_input": Fault(files.truncated_input, 2, False, "a file that the stage reads is cut off"),
    "flipped_table": Fault(files.flipped_table, 1, False, "a bit of a table that the stage reads is flipped"),
    "clock_jumps": Fault(files.clock_jumps, 1, False, "the clock goes back two hours meanwhile"),
    "times_jump": Fault(files.times_jump, 1, True, "inputs are of 2038, outputs of 1970"),
    "flipped_output": Fault(stores.flipped_output, 1, True, "a bit of an output is changed by a program"),
    "rotten_output": Fault(stores.rotten_output, 1, True, "a bit of an output is changed by the disk"),
    "truncated_object": Fault(stores.truncated_object, 1, True, "a copy in DVC's cache is cut off"),
    "remote_drops": Fault(stores.remote_drops, 1, True, "the remote drops off half way"),
    "remote_stalls": Fault(stores.remote_stalls, 1, True, "the remote stalls half way"),
    "remote_fails": Fault(stores.remote_fails, 1, True, "the remote answers with errors"),
    "each_input": Fault(files.each_input, 1, False, "each kind of file that the stage reads is empty or cut off"),
}


def moments(times: int, rng: Random) -> list[float]:
    """When a fault comes, as shares of a stage's duration: spread if it comes often, and then last while it writes."""
    if times < 10:
        return [rng.uniform(0.05, 0.95) for _ in range(times)]
    return [(n + rng.random()) / (times - 1) for n in range(times - 1)] + [1.0]


def judged(bench: Bench, subject: Subject, fault: Fault, at: float, rng: Random) -> tuple[str, str]:
    """Lets a fault happen to a stage, looks, and runs it again; gives the outcome and why."""
    with fault.act(bench, subject, at, rng) as ended:
        if ended is None:
            return "skipped", "cannot happen here"
        found = _found(bench, subject, ended)
    again = bench.repro(subject).end() if fault.by_dvc else bench.script(subject).end()
    if mended := bool(again.code and CUT_OFF in again.text and fault.by_dvc):
        bench.start(["dramatis", "fsck", "--repair", "--no-cache", "--no-workspace"]).end()
        again = bench.repro(subject).end()
    if again.code or again.hung:
        return "lost", f"cannot go on: {again.text.strip()[-300:]}"
    if wrong := bench.wrong(subject):
        return "lost", f"other bytes afterwards in {', '.join(wrong)}"
    if litter := bench.litter(subject):
        return "lost", f"scratch stays: {', '.join(litter)}"
    if left := bench.left_running():
        return "lost", f"still running afterwards: {left[0][:120]}"
    return (found[0], found[1] or MENDED) if mended else found


def _found(bench: Bench, subject: Subject, ended: Ended) -> tuple[str, str]:
    """What the fault has done, before anything is run again."""
    if ended.hung:
        return "lost", "it hangs"
    if left := bench.left_running():
        return "lost", f"runs on: {left[0][:120]}"
    half, wrong = bench.half(subject), bench.wrong(subject)
    if not ended.code and wrong:
        return "silent", f"exit 0, but {', '.join(wrong)} is missing or other"
    if half:
        return "lost", f"half-written: {', '.join(half)}"
    if ended.code and ended.spoken and (why := told(ended)):
        return "unclear", f"exit {ended.code}, {why}"
    return "survived", ""


@contextmanager
def disk(folder: Path, source: Path) -> Iterator[Path]:
    """A copy of the project on a disk in memory where one may be mounted, else in a plain folder."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder], capture_output=True
    ).returncode
    if not mounted:
        log.warning("no disk in memory can be mounted: full disks are tried by limits on files")
    try:
        shutil.copytree(source, folder / "project", symlinks=True)
        yield folder / "project"
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", folder], check=True)
        shutil.rmtree(folder, ignore_errors=True)


def trials(subjects: Sequence[Subject], names: Sequence[str], times: int | None, seed: int) -> dict[str, list[Any]]:
    """What is tried on each stage: fault, moment and seed."""
    planned: dict[str, list[tuple[str, float, int]]] = {}
    for subject in subjects:
        rng = Random(f"{seed} {subject.name}")
        planned[subject.name] = [
            (name, at, rng.randrange(2**32))
            for name in names
            for at in moments(min(times or 99, FAULTS[name].times), rng)
        ]
    return planned


def run(
    stages: Sequence[str], names: Sequence[str], times: int | None, jobs: int, seed: int, resume: bool = False
) -> dict[str, Any]:
    """Tries everything; gives the figures.

    Args:
        stages: names without item; empty for all.
        names: of faults.
        times: at most so many of each fault and stage; None for all.
        jobs: copies of the project that are tried side by side.
        seed: decides moments, files and bits.
        resume: leave out what an interrupted call has tried.
    """
    source = (WORK / "project").resolve()
    subjects = [one for one in build(source) if not stages or one.name.split("@")[0] in stages]
    if not resume:
        TRIED.unlink(missing_ok=True)
    results: list[dict[str, Any]] = list(map(json.loads, TRIED.read_text().splitlines())) if TRIED.is_file() else []
    done = {(row["stage"], row["fault"], row["seed"]) for row in results}
    every = trials(subjects, names, times, seed)
    plan = {name: [one for one in of if (name, one[0], one[2]) not in done] for name, of in every.items()}
    with tqdm(total=sum(map(len, plan.values())), unit="fault") as bar:
        stop, lock, waiting = Event(), Lock(), sorted(subjects, key=lambda one: -one.seconds * len(plan[one.name]))

        def work(number: int) -> None:
            with disk((WORK / f"disk-{number}").resolve(), source) as top:
                bench = Bench(top, (WORK / f"logs-{number}").resolve())
                while True:
                    with lock:
                        subject = waiting.pop(0) if waiting else None
                    if subject is None:
                        return
                    for name, at, own in plan[subject.name]:
                        if stop.is_set():
                            return
                        outcome, why = judged(bench, subject, FAULTS[name], at, Random(own))
                        about = {"stage": subject.name, "fault": name, "seed": own, "at": round(at, 3)}
                        row = about | {"outcome": outcome, "why": why}
                        if outcome in ("lost", "silent", "unclear"):
                            log.warning("%s", row)
                        with lock, TRIED.open("a") as stream:
                            results.append(row)
                            stream.write(json.dumps(row) + "\n")
                        bar.update()

        with ThreadPoolExecutor(jobs) as pool:
            try:
                list(pool.map(work, range(jobs)))
            finally:
                stop.set()  # on Ctrl-C each ends the trial it is in
    return figures(results)


def figures(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts of all trials, by fault and by stage, and what was not survived."""

    def counts(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
        found = Counter(row["outcome"] for row in rows)
        return {"tried": len(rows) - found["skipped"], **{outcome: found[outcome] for outcome in OUTCOMES}}

    def by(key: str) -> dict[str, dict[str, int]]:
        return {
            value: counts([row for row in results if row[key] == value]) for value in sorted({r[key] for r in results})
        }

    bad = [row for row in results if row["outcome"] in ("lost", "silent", "unclear")]
    ordered = sorted(bad, key=lambda row: (row["fault"], row["stage"], row["at"]))
    mended = sum(row["why"] == MENDED for row in results)
    return {
        **counts(results),
        "locks_mended": mended,
        "by_fault": by("fault"),
        "by_stage": by("stage"),
        "not_survived": ordered,
    }


def main() -> None:
    """Runs what the command line asks for; the whole of it also writes the page and the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--stages", default="", help="names, by commas; all without it")
    parser.add_argument("--faults", default="", help="names, by commas; all without it")
    parser.add_argument("--times", type=int, help="at most so many of each")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="side by side")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--resume", action="store_true", help="go on with an interrupted call of the same arguments")
    asked = parser.parse_args()
    names = [name for name in asked.faults.split(",") if name] or list(FAULTS)
    if strange := sorted(set(names) - FAULTS.keys()):
        raise InputError(f"--faults {','.join(strange)}", "there is no such fault", f"Take of {', '.join(FAULTS)}")
    stages = [name for name in asked.stages.split(",") if name]
    found = run(stages, names, asked.times, asked.jobs, asked.seed, asked.resume)
    whole = not (asked.stages or asked.faults or asked.times)
    write_json(found, METRICS if whole else WORK / "faults.json")
    if whole:
        write_page(found, {name: fault.does for name, fault in FAULTS.items()})
    log.info("%s", json.dumps({key: found[key] for key in ("tried", *OUTCOMES)}))
    if found["lost"] or found["silent"] or found["unclear"]:
        raise SystemExit(1)


if __name__ == "__main__":
    with one_line_errors():
        main()
