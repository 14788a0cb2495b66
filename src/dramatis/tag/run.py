"""Looks at every kept crop and scene of one video."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from dramatis.backends.tag import Tag, Tagger, load_tagger
from dramatis.core.engine import LOCAL, EngineParams
from dramatis.core.images import decode
from dramatis.core.resume import resumable
from dramatis.core.tables import iter_rows, read_table, whole_folder, write_table
from dramatis.core.workers import in_blocks, map_in_order
from dramatis.tag.params import TagParams
from dramatis.tag.schema import TAGS

Row = dict[str, Any]
Picture = tuple[str, bytes, str]
"""Id, bytes, and what to call it in messages."""


def run(params: TagParams, video: str, crops: Path, scenes: Path, out: Path, engine: EngineParams = LOCAL) -> None:
    """Writes `tags.parquet`: one row for each crop and scene that no rule left out."""
    choice = params.backend, Path(params.weights), params.batch_size, params.providers, params.sentence
    load, look = partial(load_tagger, *choice), partial(_rows, floor=params.floor)
    tables = (crops, "crop_id"), (scenes, "scene_id")
    kept = chain.from_iterable(_pictures(file, key, f"crops@{video}") for file, key in tables)
    total = sum(read_table(file, f"crops@{video}", ["rejected_by"])["rejected_by"].null_count for file, _ in tables)
    rows: list[Row] = []
    blocks = in_blocks(kept, params.batch_size)
    bar = tqdm(total=total, desc=f"tag {video}", unit="picture", disable=None)
    with resumable("tag", out, params, crops, scenes, Path(params.weights)) as done, bar:
        for found in map_in_order(load, look, blocks, engine=engine, kept=done):
            rows += found
            bar.update(len(found))
        with whole_folder(out) as folder:
            write_table(rows, TAGS, folder / "tags.parquet")


def noted(tags: Sequence[Tag], scores: NDArray[np.float32], floor: float) -> list[int]:
    """Places of the tags to write down, most certain first: those from `floor` on, and the next of each category.

    Args:
        tags: the model's list, length T.
        scores: of one picture, shape (T,).
    """
    places, below = [], set()
    for place in np.argsort(-scores, kind="stable").tolist():
        category = tags[place].category
        if scores[place] >= floor:
            places.append(place)
        elif category not in below:
            places.append(place)
            below.add(category)
    return places


def _pictures(file: Path, key: str, made_by: str) -> Iterator[Picture]:
    for row in iter_rows(file, made_by, [key, "rejected_by", "image"]):
        if not row["rejected_by"]:
            yield row[key], row["image"], f"{file}: {row[key]}"


def _rows(tagger: Tagger, batch: Sequence[Picture], floor: float) -> list[Row]:
    images = [decode(data, place) for _, data, place in batch]
    rows = []
    for (name, *_), scores, sentence in zip(batch, tagger.scores(images), tagger.sentences(images), strict=True):
        places = noted(tagger.tags, scores, floor)
        rows.append(
            {
                "id": name,
                "tags": [tagger.tags[place].name for place in places],
                "scores": scores[places].tolist(),
                "categories": [tagger.tags[place].category for place in places],
                "places": places,
                "sentence": sentence,
                "model": tagger.model,
            }
        )
    return rows
