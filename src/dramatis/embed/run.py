"""Embeds every face of one video."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from dramatis.backends.embed import Embedder, Face, load_embed
from dramatis.core.digests import file_digest
from dramatis.core.engine import LOCAL, EngineParams
from dramatis.core.images import decode
from dramatis.core.resume import resumable
from dramatis.core.tables import box_of, iter_rows, read_rows, whole_folder, write_json, write_table
from dramatis.core.workers import in_blocks, map_in_order
from dramatis.embed.params import EmbedParams
from dramatis.embed.schema import embeddings

log = logging.getLogger("embed")


def run(params: EmbedParams, frames: Path, detections: Path, out: Path, engine: EngineParams = LOCAL) -> None:
    """Writes `embeddings.parquet` and `model.json` for one video.

    Args:
        params: section `embed`.
        frames: folder of stage `frames` for this video.
        detections: folder of stage `detect` for this video.
        out: folder to write; it takes its place only when all went well.
        engine: what works on the frames, a Ray cluster or this machine.

    Raises:
        InputError: an input or the weights are missing or unusable.
    """
    figures: dict[str, dict[str, dict[str, Any]]]  # frame → figure → kind → detection
    figures = defaultdict(lambda: defaultdict(dict))
    columns = ["detection_id", "figure_id", "frame_id", "kind", "box", "landmarks"]
    for row in read_rows(detections / "detections.parquet", f"detect@{detections.name}", columns):
        figures[row["frame_id"]][row["figure_id"]][row["kind"]] = row
    load = partial(load_embed, **params.model_dump(exclude={"workers"}))
    model = load()
    pictures = iter_rows(frames / "frames.parquet", f"frames@{frames.name}", ["frame_id", "image"])
    looked_at = _with_faces(pictures, figures)
    total = sum(any("face" in kinds for kinds in people.values()) for people in figures.values())
    blocks, about = in_blocks(looked_at, params.batch_size), (params, Path(params.weights), frames, detections)
    with resumable("embed", out, *about) as done:
        embedded = map_in_order(load, _embed, blocks, params.workers, engine, done)
        seen = tqdm(chain.from_iterable(embedded), total=total, desc=f"embed {frames.name}", unit="frame")
        _write(list(chain.from_iterable(seen)), params.backend, model, out)


def _write(rows: list[dict[str, Any]], backend: str, model: Embedder, out: Path) -> None:
    log.info(
        "%d faces, %d numbers each, same person up to a difference of %.4g", len(rows), model.width, model.threshold
    )
    with whole_folder(out) as folder:
        write_table(rows, embeddings(model.width), folder / "embeddings.parquet")
        write_json(_card(backend, model), folder / "model.json")


def _with_faces(
    rows: Iterator[dict[str, Any]], figures: dict[str, Any]
) -> Iterator[tuple[bytes, list[dict[str, Any]]]]:
    """The picture and the figures with a face, of each frame that has one."""
    for row in rows:
        people = [dict(kinds) for kinds in figures.get(row["frame_id"], {}).values() if "face" in kinds]
        if people:
            yield row["image"], people


def _embed(model: Embedder, items: list[tuple[bytes, list[dict[str, Any]]]]) -> list[list[dict[str, Any]]]:
    """The rows of each frame; the faces of all of them go through the model together."""
    faces = []
    for data, people in items:
        image = decode(data, people[0]["face"]["frame_id"])
        for person in people:
            boxes = {kind: np.array(box_of(row["box"]), float) for kind, row in person.items()}
            faces.append(Face(image, boxes, _points(person["face"]["landmarks"])))
    vectors = iter(model.embed(faces))
    return [
        [{"detection_id": person["face"]["detection_id"], "vector": next(vectors)} for person in people]
        for _, people in items
    ]


def _points(landmarks: list[float] | None) -> NDArray[np.float32] | None:
    return None if landmarks is None else np.array(landmarks, np.float32).reshape(5, 2)


def _card(backend: str, model: Embedder) -> dict[str, Any]:
    """What the vectors can be compared with: only those of the same model."""
    return {
        "backend": backend,
        "engine": model.engine,
        "threshold": model.threshold,
        "weights": {file.name: file_digest(file) for file in model.files},
        "width": model.width,
    }
