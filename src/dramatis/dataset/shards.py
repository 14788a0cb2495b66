"""Shards: tables read and written by groups of rows, so that the pictures of a dataset never stand in memory together.

Pictures stay Arrow arrays all the way; nothing here decodes them.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dramatis.core.errors import InputError
from dramatis.core.tables import readable
from dramatis.dataset.schema import IMAGE

GROUP_ROWS, GROUP_BYTES = 64, 32 * 2**20
"""A group of rows ends at so many, or when they take so many bytes: what `datasets` reads at once."""

READ_ROWS = 16
"""Rows in memory at a time."""
READING = {"buffer_size": 2**20, "page_checksum_verification": True}
"""Bytes of the file at a time: large buffers are fetched anew from the system each time."""
WRITING = {"write_statistics": False, "use_dictionary": False, "write_page_checksum": True}
"""No picture is like another, so a dictionary would only cost."""


class Shard:
    """A Parquet file for tables that come one by one, by ascending id; without rows there is no file."""

    def __init__(self, file: Path, schema: pa.Schema, squeeze: bool):
        """Opens nothing yet.

        Args:
            file: to write.
            schema: of the tables.
            squeeze: whether to compress the pictures too. zstd takes nothing off PNG files, but some off JPEG files.
        """
        self._file, self._schema = file, schema
        whole = {f"{field.name}.bytes" for field in schema if field.type == IMAGE and not squeeze}
        self._codecs = {name: "none" if name in whole else "zstd" for name in _leaves(schema)}
        self._writer: pq.ParquetWriter | None = None
        self._waiting = schema.empty_table()
        self._sizes: list[int] = []
        self._last = ""

    def __enter__(self) -> "Shard":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        while kind is None and self._sizes:
            self._write()
        if self._writer:
            self._writer.close()

    def add(self, table: pa.Table) -> None:
        """Takes rows of the schema.

        Raises:
            ValueError: an id does not follow the last one, or a column is empty that may not be.
        """
        for name in table["id"].to_pylist():
            if name <= self._last:
                raise ValueError(f"{self._file}: id {name} does not follow {self._last}")
            self._last = name
        for field in self._schema:
            if not field.nullable and table[field.name].null_count:
                raise ValueError(f"{self._file}: column {field.name} has empty values")
        self._waiting = pa.concat_tables([self._waiting, table])
        self._sizes += pc.binary_length(pc.struct_field(table["image"], "bytes")).to_pylist()
        while len(self._sizes) >= GROUP_ROWS or sum(self._sizes) >= GROUP_BYTES:
            self._write()

    def _write(self) -> None:
        """Writes one group of what waits."""
        if self._writer is None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._writer = pq.ParquetWriter(self._file, self._schema, compression=self._codecs, **WRITING)
        room = sum(total <= GROUP_BYTES for total in accumulate(self._sizes))
        rows = min(max(room, 1), GROUP_ROWS)
        self._writer.write_table(self._waiting.slice(0, rows))
        self._waiting, self._sizes = self._waiting.slice(rows), self._sizes[rows:]


def _leaves(schema: pa.Schema) -> list[str]:
    """Names of the columns as Parquet knows them: `image.bytes`, `parents.list.element`."""
    file = pa.BufferOutputStream()
    pq.write_table(schema.empty_table(), file)
    stored_as = pq.read_metadata(pa.BufferReader(file.getvalue())).schema
    return [stored_as.column(n).path for n in range(len(stored_as))]


class Pictures:
    """A walk through a table with pictures, whose keys ascend."""

    def __init__(self, file: Path, made_by: str, key: str, columns: Sequence[str] = ("image",)):
        self._file, self._made_by, self._key, self._columns = file, made_by, key, tuple(columns)
        self._batches = _batches(file, made_by, [key, *columns])
        self._places: dict[str, int] = {}
        self._lengths: list[int | None] = []
        self._stored: dict[str, pa.Array] = {}

    def take(self, keys: Sequence[str]) -> dict[str, list[pa.Array]]:
        """The pictures of some keys by column, as `datasets.Image` stores them: for each key an array of one.

        They are views of what was read, but for those few of which a whole group would else stay in memory.

        Args:
            keys: ascending, one may come several times; the next ones must not lie before them.

        Raises:
            InputError: a key is not there, or its picture is empty.
        """
        found: dict[str, list[pa.Array]] = {name: [] for name in self._columns}
        at = 0
        while at < len(keys):
            here = []
            while at < len(keys) and keys[at] in self._places:
                here.append(keys[at])
                at += 1
            places = [self._places[key] for key in here]
            for name, arrays in found.items():
                arrays += _rows(self._stored[name], places) if places else []
            if empty := next((key for key, place in zip(here, places, strict=True) if not self._lengths[place]), None):
                remedy = f"Run `dvc repro --force`: stage {self._made_by} makes it"
                raise InputError(f"{self._file}: {empty}", "this row has no picture", remedy)
            if at < len(keys):
                self._go_on(keys[at])
        return found

    def _go_on(self, wanted: str) -> None:
        batch = next(self._batches, None)
        if batch is None:
            remedy = f"Run `dvc repro`: stage {self._made_by} makes it"
            raise InputError(str(self._file), f"it has no picture {wanted}", remedy)
        names = batch.column(self._key).to_pylist()
        self._places = {name: place for place, name in enumerate(names)}
        self._lengths = pc.binary_length(batch.column("image")).to_pylist()
        self._stored = {
            name: stored(batch.column(name), names if name == "image" else [f"{one}-{name}" for one in names])
            for name in self._columns
        }


def _rows(array: pa.Array, places: Sequence[int]) -> list[pa.Array]:
    """Rows of an array, each alone: copied if they are less than half of it, so that the rest can go."""
    if len(places) < len(array) / 2:
        array, places = array.take(pa.array(places)), range(len(places))
    return [array.slice(place, 1) for place in places]


def _batches(file: Path, made_by: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    with (
        readable(file, made_by),
        pq.ParquetFile(file, **READING) as table,
    ):
        yield from table.iter_batches(batch_size=READ_ROWS, columns=list(columns))


def stored(pictures: pa.Array, names: Sequence[str]) -> pa.Array:
    """Pictures as `datasets.Image` stores them, under their names; null where there is none."""
    paths = [f"{name}.jpg" if _starts_as_jpeg(picture) else f"{name}.png" for name, picture in zip(names, pictures)]
    return pa.StructArray.from_arrays([pictures, pa.array(paths)], fields=list(IMAGE), mask=pictures.is_null())


def _starts_as_jpeg(picture: pa.BinaryScalar) -> bool:
    return picture.is_valid and picture.as_buffer()[:3].to_pybytes() == b"\xff\xd8\xff"


def read_columns(file: Path, made_by: str, columns: Iterable[str]) -> list[dict[str, Any]]:
    """Some columns of a table as rows, in file order; the pictures stay where they are."""
    with readable(file, made_by), pq.ParquetFile(file, page_checksum_verification=True) as table:
        missing = [name for name in columns if name not in table.schema_arrow.names]
        if missing:
            raise pa.ArrowInvalid(f"it has no column {', '.join(missing)}, so an earlier version wrote it")
        return table.read(list(columns)).to_pylist()
