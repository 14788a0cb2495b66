"""The finished dataset as later stages read it: `data/dataset/<config>/<split>/<shard>.parquet`, and the plan."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset  # noqa: F401 - for filters; later a want of memory would be told as something else
import pyarrow.parquet as pq

from dramatis.core.errors import InputError, MissingError
from dramatis.core.tables import read_json

PLAN_FILE = "plan.parquet"
COUNTS_FILE = "pictures.json"
"""In the folder of each configuration: how many pictures each split has; none without any."""
REMEDY = "Delete data/dataset, then `dvc checkout` or `dvc repro`"

Filters = list[tuple[str, str, Any]]
"""As `pyarrow.parquet.read_table` takes them."""


def shards(dataset: Path, config: str, split: str) -> list[Path]:
    """The files of a split, by name; none if it has no picture.

    Raises:
        MissingError: there is no dataset, or one of these files is gone.
        InputError: one cannot be read.
    """
    if not (dataset / PLAN_FILE).is_file():
        raise MissingError(str(dataset / PLAN_FILE), "there is no such file", "Run `dvc repro`: stage dataset makes it")
    folder, counts = dataset / config / split, dataset / config / COUNTS_FILE
    found = sorted(folder.glob("*.parquet"))
    said = read_json(counts, "dataset").get(split, 0) if counts.is_file() else None
    there = sum(map(_rows, found))
    if said not in (None, there):
        raise MissingError(str(folder), f"{there} pictures are there, {counts.name} says {said}", REMEDY)
    return found


def _rows(file: Path) -> int:
    try:
        return int(pq.read_metadata(file).num_rows)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(file, error) from None


def read_split(
    dataset: Path, config: str, split: str, columns: list[str], filters: Filters | None = None
) -> list[dict[str, Any]]:
    """Rows of a split, shard after shard, each sorted by id.

    Args:
        dataset: folder of stage `dataset`.
        config: characters, scenes, composites, control or regularization.
        split: train or validation.
        columns: to read.
        filters: rows to read; None reads all.

    Raises:
        MissingError: there is no dataset.
        InputError: a file of it cannot be read.
    """
    return [row for file in shards(dataset, config, split) for row in _read(file, columns, filters)]


def read_plan(dataset: Path, config: str) -> dict[str, dict[str, Any]]:
    """What the plan says of the training pictures of a configuration: `bucket` and `per_epoch` by id.

    Raises:
        MissingError: there is no dataset.
        InputError: the plan cannot be read.
    """
    shards(dataset, config, "train")
    rows = _read(dataset / PLAN_FILE, ["id", "bucket", "per_epoch"], [("config", "=", config)])
    return {row.pop("id"): row for row in rows}


def _read(file: Path, columns: list[str], filters: Filters | None) -> list[dict[str, Any]]:
    try:
        return pq.read_table(file, columns=columns, filters=filters, page_checksum_verification=True).to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(file, error) from None


def _unreadable(file: Path, error: Exception) -> InputError:
    return InputError(str(file), f"it cannot be read ({str(error).splitlines()[0]})", REMEDY)
