"""The fuzzer (`make fuzz`): damaged and hostile files, each read as a stage reads it, in a process of its own.

A file may be read, or be refused in one line. Anything else is a crash (another exception, a signal, more memory than
`fuzz_child.MEMORY`) or a hang. A case follows from the seed and its number alone: `--only N` runs one again, and
`--keep FILE` writes its input. Writes `metrics/bench/fuzz.json`; ends with 1 if there was a crash or a hang.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from dramatis.bench.fuzz_child import FILM_SECONDS, SECONDS, Outcome, run_case
from dramatis.bench.fuzz_kinds import Kind, kinds, read_broken, read_video
from dramatis.bench.fuzz_mutate import mutated, mutated_text, whole_png
from dramatis.core.errors import one_line_errors
from dramatis.core.seeds import rng
from dramatis.core.tables import write_json

OUT = Path("metrics/bench/fuzz.json")
CASES, SEED = 2000, 6
BROKEN = Path("broken")
"""Folder of broken films inside `DRAMATIS_MEDIA`."""
CHUNK = 8


class Case(NamedTuple):
    """One input.

    Attributes:
        kind: what it is.
        name: what is wrong with it, or its number among those that chance damaged.
        data: its bytes.
    """

    kind: str
    name: str
    data: bytes


class Result(NamedTuple):
    """A case by its number, and what came of it."""

    number: int
    kind: str
    name: str
    outcome: Outcome


@cache
def _kinds() -> dict[str, Kind]:
    return kinds()


@cache
def _fixed() -> list[tuple[str, str]]:
    """Kind and name of the cases that no chance made: whole and harmful inputs, then the broken films."""
    found = [(kind, f"whole {n}") for kind, about in _kinds().items() for n in range(len(about.whole))]
    found += [(kind, name) for kind, about in _kinds().items() for name in about.harmful]
    return found + [("broken", name) for name in sorted(_broken())]


@cache
def _broken() -> dict[str, Path]:
    folder = Path(os.environ.get("DRAMATIS_MEDIA", "../shared/media")) / BROKEN
    files = sorted(file for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else []
    return {file.relative_to(folder).as_posix(): file.resolve() for file in files}


def case(number: int, seed: int) -> Case:
    """A case: the fixed ones come first, then inputs that chance damaged, the kinds in turns."""
    fixed = _fixed()
    if number < len(fixed):
        kind, name = fixed[number]
        if kind == "broken":
            return Case(kind, name, _broken()[name].read_bytes())
        about = _kinds()[kind]
        return Case(kind, name, about.harmful[name] if name in about.harmful else about.whole[int(name.split()[1])])
    kind = list(_kinds())[number % len(_kinds())]
    about, draw = _kinds()[kind], rng(seed, "fuzz", number)
    data = about.whole[int(draw.integers(len(about.whole)))]
    if about.is_text:
        return Case(kind, f"damaged {number}", mutated_text(data, draw))
    data = mutated(data, about.whole, about.anchors, draw)
    return Case(kind, f"damaged {number}", whole_png(data) if draw.random() < 0.8 else data)


def run_cases(numbers: Sequence[int], seed: int) -> list[Result]:
    """Cases by number, one after the other."""
    found = []
    for number in numbers:
        kind, name, data = case(number, seed)
        suffix, read = (Path(name).suffix, _read_twice) if kind == "broken" else _kinds()[kind][:2]
        with tempfile.TemporaryDirectory(prefix="dramatis-fuzz-") as folder:
            file = Path(folder) / f"input{suffix}"
            file.write_bytes(data)
            found.append(
                Result(number, kind, name, run_case(read, file, FILM_SECONDS if kind == "broken" else SECONDS))
            )
    return found


def _read_twice(file: Path) -> None:
    read_video(file)
    read_broken(file)


def fuzz(numbers: Sequence[int], seed: int, workers: int) -> list[Result]:
    """Cases by number in several processes; results in order."""
    chunks = [numbers[at : at + CHUNK] for at in range(0, len(numbers), CHUNK)]
    found: list[Result] = []
    with (
        ProcessPoolExecutor(workers, get_context("spawn")) as pool,
        tqdm(total=len(numbers), desc="fuzz", unit="case", disable=None) as bar,
    ):
        for results in pool.map(run_cases, chunks, [seed] * len(chunks)):
            found += results
            for result in filter(_bad, results):
                tqdm.write(_line(result))
            bar.update(len(results))
    return found


def chosen(count: int) -> list[int]:
    """Numbers of cases: all fixed ones, if there is room, then damaged ones; of few, every nth of the fixed."""
    fixed = len(_fixed())
    if count >= 2 * fixed:
        return list(range(count))
    some = list(range(0, fixed, max(1, round(fixed / (count / 2)))))
    return some + list(range(fixed, fixed + count - len(some)))


def figures(results: Iterable[Result], seed: int) -> dict[str, Any]:
    """What `metrics/bench/fuzz.json` holds: counts in all and by kind, the slowest case and the largest."""
    results = list(results)
    by_kind: dict[str, Counter[str]] = {}
    for result in results:
        by_kind.setdefault(result.kind, Counter())[result.outcome.kind] += 1
    return {
        "cases": len(results),
        "crashes": sum(result.outcome.kind == "crash" for result in results),
        "hangs": sum(result.outcome.kind == "hang" for result in results),
        "read": sum(result.outcome.kind == "ok" for result in results),
        "refused": sum(result.outcome.kind == "error" for result in results),
        "seed": seed,
        "slowest_s": round(max(result.outcome.seconds for result in results)),
        "most_memory_mb": round(max(result.outcome.peak_mb for result in results), -2),
        "by_kind": {kind: _row(counts) for kind, counts in by_kind.items()},
    }


def _row(counts: Mapping[str, int]) -> dict[str, int]:
    names = {"read": "ok", "refused": "error", "crashes": "crash", "hangs": "hang"}
    return {"cases": sum(counts.values()), **{name: counts.get(kind, 0) for name, kind in names.items()}}


def main() -> None:
    """Runs cases, prints the table and whatever crashed or hung."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, help="run one case, by its number")
    parser.add_argument("--keep", type=Path, help="with --only: write its input to this file")
    asked = parser.parse_args()
    if asked.only is not None and asked.keep:
        asked.keep.write_bytes(case(asked.only, asked.seed).data)
    results = (
        run_cases([asked.only], asked.seed)
        if asked.only is not None
        else fuzz(chosen(asked.cases), asked.seed, asked.workers)
    )
    found = figures(results, asked.seed)
    _print(found, results)
    if asked.only is None and asked.cases == CASES and asked.seed == SEED:
        write_json(found, OUT)
    if found["crashes"] or found["hangs"]:
        sys.exit(1)


def _print(found: Mapping[str, Any], results: Iterable[Result]) -> None:
    shown = Table("kind", "cases", "read", "refused", "crashes", "hangs", box=None)
    for kind, row in {**found["by_kind"], "all": found}.items():
        shown.add_row(kind, *(str(row[key]) for key in ("cases", "read", "refused", "crashes", "hangs")))
    console = Console(highlight=False)
    console.print(shown)
    console.print(f"slowest {found['slowest_s']} s of processor time, most memory {found['most_memory_mb']:.0f} MB")
    for result in filter(_bad, results):
        console.print(_line(result), markup=False, soft_wrap=True)


def _bad(result: Result) -> bool:
    return result.outcome.kind in ("crash", "hang")


def _line(result: Result) -> str:
    return f"{result.number} {result.kind} ({result.name}): {result.outcome.kind}: {result.outcome.said}"


if __name__ == "__main__":
    with one_line_errors():
        main()
