"""A Hugging Face dataset on disk: Parquet files, or a folder that `save_to_disk` wrote."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dramatis.core.errors import InputError
from dramatis.core.picture_files import files_in
from dramatis.core.stills import Still

Cell = tuple[dict[str, Any] | None, str | None]
"""Stored picture and class of a row."""

BATCH = 16
"""Rows that are in memory together."""
WHOLE = "Download or save the dataset again"


def is_dataset(source: Path) -> bool:
    """True for a Parquet file, a folder of `save_to_disk`, and a folder with Parquet files in it."""
    if source.suffix.lower() == ".parquet" and source.is_file():
        return True
    return any((source / name).is_file() for name in ("dataset_dict.json", "state.json")) or bool(_parquet(source))


def stills(source: Path) -> Iterator[Still]:
    """The pictures of a dataset, split after split, row after row.

    The column `image` is taken, or the only one with pictures. A column of classes (`label`, or the only one) names the
    folder.

    Raises:
        InputError: the files cannot be read, or do not say which pictures to take.
    """
    top = source.parent if source.is_file() else source
    for file in _files(source):
        name, row = file.relative_to(top).as_posix(), 0
        try:
            for image, label in _rows(file):
                yield Still(f"{file}#{row}", f"{name}#{row}", label, partial(_bytes, image))
                row += 1
        except (pa.ArrowException, OSError) as error:
            said = " ".join(str(error).split())
            raise InputError(str(file), f"it cannot be read ({said})", WHOLE) from None


def _parquet(source: Path) -> list[Path]:
    files = sorted(files_in(source)) if source.is_dir() else []
    return [source / file for file in files if file.endswith(".parquet") and not f"/{file}".count("/.")]


def _files(source: Path) -> list[Path]:
    """The data files in order."""
    if source.is_file():
        return [source]
    try:
        if (source / "dataset_dict.json").is_file():
            splits = json.loads((source / "dataset_dict.json").read_text())["splits"]
            return [file for split in splits for file in _files(source / split)]
        if (source / "state.json").is_file():
            state = json.loads((source / "state.json").read_text())
            return [source / data["filename"] for data in state["_data_files"]]
    except (ValueError, LookupError, TypeError) as error:
        raise InputError(str(source), f"its list of files cannot be read ({error})", WHOLE) from None
    return _parquet(source)


def _rows(file: Path) -> Iterator[Cell]:
    """Stored picture and class of each row."""
    if file.suffix.lower() == ".parquet":
        with pq.ParquetFile(file) as table:
            image, label, names = _columns(table.schema_arrow, file)
            columns = [name for name in (image, label) if name]
            for batch in table.iter_batches(BATCH, columns=columns):
                yield from _cells(batch, image, label, names)
    else:
        with pa.memory_map(str(file)) as mapped, pa.ipc.open_stream(mapped) as table:
            image, label, names = _columns(table.schema, file)
            for batch in table:
                for start in range(0, batch.num_rows, BATCH):
                    yield from _cells(batch.slice(start, BATCH), image, label, names)


def _cells(batch: pa.RecordBatch, image: str, label: str | None, names: list[str]) -> Iterator[Cell]:
    labels = batch[label].to_pylist() if label else [None] * batch.num_rows
    for picture, number in zip(batch[image].to_pylist(), labels, strict=True):
        yield picture, names[number] if number is not None and 0 <= number < len(names) else None


def _columns(schema: pa.Schema, file: Path) -> tuple[str, str | None, list[str]]:
    """The column of pictures, that of classes (null if there is none), and the names of the classes."""
    pictures = [field.name for field in schema if _holds_pictures(field.type)]
    if "image" not in pictures and len(pictures) != 1:
        listed = ", ".join(pictures or schema.names)
        problem = f"its columns of pictures are {listed}" if pictures else f"none of its columns ({listed}) is an Image"
        raise InputError(str(file), problem, "Name the one to take `image`")
    said = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
    features = said.get("info", {}).get("features", {})
    classes = [name for name in schema.names if features.get(name, {}).get("_type") == "ClassLabel"]
    label = "label" if "label" in classes else classes[0] if len(classes) == 1 else None
    return "image" if "image" in pictures else pictures[0], label, features[label]["names"] if label else []


def _holds_pictures(kind: pa.DataType) -> bool:
    return pa.types.is_struct(kind) and {field.name for field in kind} == {"bytes", "path"}


def _bytes(image: dict[str, Any] | None) -> bytes:
    if not image or not image["bytes"]:
        raise OSError("the row holds no picture" if not image or not image["path"] else "the row holds only a path")
    return image["bytes"]
