"""Shards: files that grow by groups of rows, so that the pictures of a dataset never stand in memory together."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dramatis.core.errors import InputError, MissingError

Row = Mapping[str, Any]
GROUP_ROWS, GROUP_BYTES = 64, 32 * 2**20
"""A group of rows ends at so many, or when their pictures have so many bytes: what `datasets` reads at once."""


class Shard:
    """A Parquet file for rows that come one by one, by ascending id; without rows there is no file."""

    def __init__(self, file: Path, schema: pa.Schema):
        self._file, self._schema = file, schema
        self._writer: pq.ParquetWriter | None = None
        self._rows: list[Row] = []
        self._bytes, self._last = 0, ""

    def __enter__(self) -> "Shard":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._write()
        if self._writer:
            self._writer.close()

    def add(self, row: Row) -> None:
        """Takes a row; columns that the schema does not know are left out.

        Raises:
            ValueError: its id does not follow the last one, or a column is empty that may not be.
        """
        if row["id"] <= self._last:
            raise ValueError(f"{self._file}: id {row['id']} does not follow {self._last}")
        self._last = row["id"]
        self._rows.append(row)
        self._bytes += len(row["image"]["bytes"])
        if len(self._rows) >= GROUP_ROWS or self._bytes >= GROUP_BYTES:
            self._write()

    def _write(self) -> None:
        if not self._rows:
            return
        table = pa.Table.from_pylist(
            [{name: row.get(name) for name in self._schema.names} for row in self._rows], self._schema
        )
        for field in self._schema:
            if not field.nullable and table[field.name].null_count:
                raise ValueError(f"{self._file}: column {field.name} has empty values")
        if self._writer is None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._writer = pq.ParquetWriter(
                self._file, self._schema, compression="zstd", write_statistics=False, use_dictionary=False
            )
        self._writer.write_table(table)
        self._rows, self._bytes = [], 0


@contextmanager
def readable(file: Path, made_by: str) -> Iterator[None]:
    """Says in one line what is wrong with a table of an earlier stage.

    Raises:
        MissingError: there is no such file.
        InputError: it is cut off, no Parquet, or of an earlier version.
    """
    if not file.is_file():
        raise MissingError(str(file), "there is no such file", f"Run `dvc repro`: stage {made_by} makes it")
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        said = " ".join(str(error).split())
        remedy = f"Delete it, then run `dvc repro`: stage {made_by} makes it again"
        raise InputError(str(file), f"this table cannot be read ({said[:120]})", remedy) from None


def read_columns(file: Path, made_by: str, columns: Iterable[str]) -> list[dict[str, Any]]:
    """Some columns of a table as rows, in file order; the pictures stay where they are."""
    with readable(file, made_by), pq.ParquetFile(file) as table:
        missing = [name for name in columns if name not in table.schema_arrow.names]
        if missing:
            raise pa.ArrowInvalid(f"it has no column {', '.join(missing)}, so an earlier version wrote it")
        return table.read(list(columns)).to_pylist()


def pictures(file: Path, made_by: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """Some columns of a table, a row at a time, in file order."""
    with readable(file, made_by), pq.ParquetFile(file) as table:
        for batch in table.iter_batches(batch_size=GROUP_ROWS, columns=columns):
            yield from zip(*(batch.column(name).to_pylist() for name in columns), strict=True)


def stored_picture(name: str, data: bytes) -> dict[str, Any]:
    """A picture as `datasets.Image` stores it."""
    return {"bytes": data, "path": f"{name}.jpg" if data[:3] == b"\xff\xd8\xff" else f"{name}.png"}
