"""`python -m dramatis.bench.dataset_size`: memory and speed of stage `dataset` on 20,000 pictures of 512 px.

The ceiling is a bare loop that reads the same tables and writes them again as they are; those of crops twice, since
the dataset has their pictures twice (with the variants, and with the control images). Both run in processes of their
own. CPU seconds are compared, so that other work on the machine counts little; only ratios of one run mean anything.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
from rich.console import Console

from dramatis.bench.banks import peak_gb
from dramatis.bench.clips import media_folder
from dramatis.bench.dataset_show import PICTURES, VIDEOS, pool_of, write_show
from dramatis.core.errors import one_line_errors
from dramatis.core.params import load_params
from dramatis.core.regularization import ClassSource
from dramatis.dataset.leaks import LeakLimits
from dramatis.dataset.material import Places
from dramatis.dataset.params import DatasetParams
from dramatis.dataset.run import run
from dramatis.dataset.shards import GROUP_ROWS, WRITING


def figures(data: Path = Path("data")) -> dict[str, float]:
    """`gb_20k`, the largest memory of the stage; `io_ratio_20k`, its speed over that of the bare loop.

    Args:
        data: not looked at, as the pictures are cut from the test media.

    Raises:
        MissingError: there are no test media.
    """
    return measured(PICTURES, pool_of(media_folder()))


def measured(count: int, pool: list[bytes]) -> dict[str, float]:
    """The figures for so many pictures, whose bytes are taken from a pool in turns."""
    with TemporaryDirectory(prefix="dramatis-") as folder:
        top = Path(folder)
        write_show(top / "data", count, pool)
        rounds = [(name, in_process(name, top)) for name in ORDER]
        written = sum(pq.read_metadata(file).num_rows for file in shards(top))
    if written != count:
        raise ValueError(f"{written} of {count} pictures came into the dataset")
    least = {name: min(took["seconds"] for other, took in rounds if other == name) for name in TASKS}
    memory = max(took["gb"] for name, took in rounds if name == "stage")
    return {"gb_20k": memory, "io_ratio_20k": least["bare"] / least["stage"]}


def in_process(name: str, top: Path) -> dict[str, float]:
    """CPU seconds and peak memory [GB] of one of `TASKS` in a process of its own."""
    command = [sys.executable, "-m", "dramatis.bench.dataset_size", name, str(top)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def shards(top: Path) -> list[Path]:
    """The pictures of the finished dataset."""
    return sorted((top / "dataset").glob("*/*/*.parquet"))


def stage(top: Path) -> None:
    """The stage as its script runs it."""
    data = top / "data"
    run(
        load_params("dataset", DatasetParams),
        VIDEOS,
        {"folder": ClassSource.model_validate({"from": "folder", "path": "raw", "count": None, "multiplier": 1.0})},
        load_params("selection", LeakLimits),
        {},
        places=Places(
            crops=data / "crops",
            embeddings=data / "embeddings",
            selection=data / "selection",
            captions=data / "captions",
            augmented=data / "augmented",
            control=data / "control",
            composites=data / "composites.parquet",
            regularization=data / "regularization",
            characters=data / "characters.parquet",
        ),
        frames=data / "frames",
        coverage=data / "selection/coverage.parquet",
        out=top / "dataset",
        metrics=top / "dataset.json",
    )


def bare(top: Path) -> None:
    """Reads every table with pictures and writes it again, compressed as every stage does; crops twice."""
    files = [file for file in sorted((top / "data").rglob("*.parquet")) if "image" in pq.read_schema(file).names]
    twice = [file for file in files if file.name == "crops.parquet"]
    for n, file in enumerate(files + twice):
        again = top / "again" / f"{n:03d}.parquet"
        again.parent.mkdir(parents=True, exist_ok=True)
        kind = {"schema": pq.read_schema(file), "compression": "zstd", **WRITING}
        with pq.ParquetFile(file) as table, pq.ParquetWriter(again, **kind) as writer:
            for batch in table.iter_batches(batch_size=GROUP_ROWS):
                writer.write_batch(batch)


TASKS: dict[str, Callable[[Path], None]] = {"stage": stage, "bare": bare}
ORDER = ("stage", "bare", "bare", "stage")
"""Of each the quicker counts: what the machine does beside adds to the other."""


def main() -> None:
    """Prints the figures; or, called with a task and a folder, what the task took."""
    if not sys.argv[1:]:
        Console().print(figures())
        return
    began = time.process_time()
    TASKS[sys.argv[1]](Path(sys.argv[2]))
    sys.stdout.write(json.dumps({"seconds": time.process_time() - began, "gb": peak_gb()}))


if __name__ == "__main__":
    with one_line_errors():
        main()
