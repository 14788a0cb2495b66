"""Tables: Parquet with a declared schema, every column documented, written to the same bytes each time."""

import glob
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dramatis.core.errors import InputError, MissingError, as_user_error
from dramatis.core.orphans import is_running

SIDES = ("x0", "y0", "x1", "y1")
WRITING = {"compression": "zstd", "write_statistics": False, "write_page_checksum": True}
"""How tables are stored. The checksum of every page is looked at by whoever reads it here, so no bit flips unseen."""
READING = {"page_checksum_verification": True}
"""Tables are read without threads: `pyarrow.parquet.read_table` waits for ever if the system gives it none."""
BOX = pa.struct([(name, pa.int32()) for name in SIDES])
"""A half-open box in pixels, of the frame unless the column says otherwise."""


def stored_box(box: Iterable[int]) -> dict[str, int]:
    """A box as a column of type BOX takes it, from `x0 y0 x1 y1`."""
    return dict(zip(SIDES, map(int, box), strict=True))


def box_of(stored: Mapping[str, int]) -> list[int]:
    """`x0 y0 x1 y1` of a box column."""
    return [stored[side] for side in SIDES]


def column(name: str, kind: pa.DataType, doc: str, nullable: bool = False) -> pa.Field:
    """A documented column; the doc (with its unit) is stored in the file."""
    return pa.field(name, kind, nullable=nullable, metadata={"doc": doc})


def write_table(rows: list[Mapping[str, Any]] | pa.Table, schema: pa.Schema, file: Path) -> None:
    """Writes rows sorted by the first column, under the declared schema, byte for byte the same for equal rows.

    Raises:
        ValueError: a row lacks a column that may not be null, or two rows have the same key.
    """
    table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
    for field in schema:
        if not field.nullable and table[field.name].null_count:
            raise ValueError(f"{file}: column {field.name} has empty values")
    table = table.cast(schema).sort_by(schema.names[0])
    keys = table[schema.names[0]]
    if len(keys.unique()) != len(keys):
        raise ValueError(f"{file}: column {schema.names[0]} has equal keys")
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, file, row_group_size=1024, **WRITING)


def write_rows(rows: Iterable[Mapping[str, Any]], schema: pa.Schema, file: Path, group: int = 64) -> None:
    """Writes rows as they come, so that a long video's pictures never stand in memory together.

    The same file as `write_table` would write, but for its groups of rows.

    Raises:
        ValueError: a row lacks a column that may not be null, or the keys do not ascend.
    """
    with open_rows(schema, file, group) as add:
        for row in rows:
            add([row])


@contextmanager
def open_rows(
    schema: pa.Schema, file: Path, group: int = 64
) -> Iterator[Callable[[Iterable[Mapping[str, Any]]], None]]:
    """A table to add rows to as they come, for who writes several at once: gives a function that takes rows.

    Raises:
        ValueError: as `write_rows` does.
    """
    waiting: list[dict[str, Any]] = []
    last = ""
    file.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(file, schema, **WRITING) as writer:

        def flush(count: int) -> None:
            nonlocal last
            table = pa.Table.from_pylist(waiting[:count], schema=schema)
            del waiting[:count]
            for field in schema:
                if not field.nullable and table[field.name].null_count:
                    raise ValueError(f"{file}: column {field.name} has empty values")
            for key in table[schema.names[0]].to_pylist():
                if key <= last:
                    raise ValueError(f"{file}: key {key} does not follow {last}")
                last = key
            writer.write_table(table)

        def add(rows: Iterable[Mapping[str, Any]]) -> None:
            waiting.extend(map(dict, rows))
            while len(waiting) >= group:
                flush(group)

        yield add
        if waiting:
            flush(len(waiting))


def made(file: Path, made_by: str) -> Path:
    """The file, if it is there.

    Raises:
        MissingError: it is not; names the stage that makes it.
    """
    if not file.is_file():
        raise MissingError(str(file), "there is no such file", f"Run `dvc repro`: stage {made_by} makes it")
    return file


@contextmanager
def readable(file: Path, made_by: str) -> Iterator[None]:
    """Says in one line what is wrong with a file of an earlier stage.

    Raises:
        MissingError: there is no such file.
        InputError: it is cut off, damaged, of another kind, or of an earlier version.
    """
    made(file, made_by)
    try:
        yield
    except (pa.ArrowException, OSError, json.JSONDecodeError, UnicodeDecodeError) as error:
        if as_user_error(error):  # not the file, but the machine
            raise
        said = " ".join(str(error).split())
        remedy = (
            f"Delete it, then run `dvc repro`: stage {made_by} makes it again. "
            "If it comes back like this, `dramatis fsck` says what is damaged in the cache"
        )
        raise InputError(str(file), f"this file cannot be read ({said[:120]})", remedy) from None


def read_json(file: Path, made_by: str) -> Any:
    """The JSON value in a file; `made_by` as for `made`.

    Raises:
        InputError: it is missing or no JSON, as `readable` says.
    """
    with readable(file, made_by):
        return json.loads(file.read_text(encoding="utf-8"))


def read_table(file: Path, made_by: str, columns: list[str] | None = None) -> pa.Table:
    """The table in a file; `made_by` is the stage to name if the file is missing.

    Raises:
        InputError: it is missing or damaged, as `readable` says.
    """
    with readable(file, made_by), pq.ParquetFile(file, **READING) as table:
        _check_columns(table, columns)
        found = table.read(columns, use_threads=False)
        return found if columns is None else found.select(columns)


def read_rows(file: Path, made_by: str, columns: list[str] | None = None) -> list[dict[str, Any]]:
    """The rows of a table as dictionaries, in file order (sorted by key)."""
    return read_table(file, made_by, columns).to_pylist()


def iter_rows(file: Path, made_by: str, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a table one after the other, so that a long video's pictures never stand in memory together."""
    with readable(file, made_by), pq.ParquetFile(file, **READING) as table:
        _check_columns(table, columns)
        for batch in table.iter_batches(batch_size=64, columns=columns, use_threads=False):
            yield from batch.to_pylist()


def _check_columns(table: pq.ParquetFile, columns: list[str] | None) -> None:
    missing = [name for name in columns or () if name not in table.schema_arrow.names]
    if missing:
        raise pa.ArrowInvalid(f"it has no column {', '.join(missing)}, so an earlier version wrote it")


def write_json(value: Any, file: Path) -> None:
    """Writes metrics or reports: sorted keys, floats rounded to six significant digits, one newline at the end."""
    with whole_file(file) as part:
        part.write_text(json.dumps(_rounded(value), indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, Mapping):
        return {str(key): _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value


def _scratch(out: Path) -> Path:
    """Where to write what is to become `out`. What a killed process left there of it goes."""
    for left in out.parent.glob(f".{glob.escape(out.name)}.*.part"):
        process = left.name.split(".")[-2]
        if int(process) == os.getpid() or not is_running(int(process)):
            _remove(left)
    return out.with_name(f".{out.name}.{os.getpid()}.part")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A fresh folder to write into, that takes the place of `out` only when all went well.

    On an error nothing of it stays, and what `out` held before is still there. What a killed process left goes.
    """
    scratch = _scratch(out)
    scratch.mkdir(parents=True)
    try:
        yield scratch
        shutil.rmtree(out, ignore_errors=True)
        scratch.rename(out)
    finally:
        _remove(scratch)


@contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """A path to write a file to, that takes the place of `out` only when all went well, as `whole_folder` does."""
    out.parent.mkdir(parents=True, exist_ok=True)
    scratch = _scratch(out)
    try:
        yield scratch
        scratch.replace(out)
    finally:
        _remove(scratch)
