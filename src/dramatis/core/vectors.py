"""Identity vectors as stage `embed` stores them."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dramatis.core.errors import InputError
from dramatis.core.tables import read_json, read_table


def matrix_of(column: pa.ChunkedArray) -> NDArray[np.float32]:
    """A column of lists of one width D as a matrix, shape (N, D)."""
    return column.combine_chunks().flatten().to_numpy(zero_copy_only=False).reshape(-1, column.type.list_size)


def read_vectors(
    embeddings: Path, videos: Sequence[str], detections: Sequence[str]
) -> tuple[NDArray[np.float32], float]:
    """The identity vectors of some faces, and the embedder's threshold.

    Args:
        embeddings: folder with `<video>/embeddings.parquet` and `model.json`.
        videos: all videos that the faces are from.
        detections: ids of the faces, N.

    Returns:
        Vectors of length 1 in the order of `detections`, shape (N, D), and the largest difference (1 - cosine) / 2
        that counts as one person.

    Raises:
        MissingError: a video has no vectors.
        InputError: the vectors are of different models, or a face has none.
    """
    models, parts = {}, []
    row_of: dict[str, int] = {}
    for video in videos:
        models[video] = read_json(embeddings / video / "model.json", f"embed@{video}")
        table = read_table(embeddings / video / "embeddings.parquet", f"embed@{video}")
        row_of |= {key: len(row_of) + n for n, key in enumerate(table["detection_id"].to_pylist())}
        parts.append(matrix_of(table["vector"]))
    if len({json.dumps(model, sort_keys=True) for model in models.values()}) > 1:
        remedy = "Run `dvc repro`: stage embed makes them"
        raise InputError(str(embeddings), f"vectors of different models: {models}", remedy)
    if missing := sorted(set(detections) - row_of.keys()):
        remedy = "Run `dvc repro`: stage embed makes it"
        raise InputError(str(embeddings), f"no vector of {missing[0]} is in it", remedy)
    threshold = float(next(iter(models.values()))["threshold"])
    return np.concatenate(parts)[[row_of[name] for name in detections]], threshold
