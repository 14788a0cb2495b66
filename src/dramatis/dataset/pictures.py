"""The columns of pictures of each configuration, from the tables of earlier stages."""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from dramatis.dataset.material import Places
from dramatis.dataset.shards import Pictures

Row = dict[str, Any]
Reader = Callable[[Sequence[Row]], dict[str, list[pa.Array]]]
"""Gives the columns of pictures of some rows of a shard, an array of one for each; rows must come by ascending id."""


def reader_of(config: str, shard: str, places: Places) -> Reader:
    """What reads the pictures of a shard."""
    match config:
        case "characters":
            return _characters(shard, places)
        case "scenes":
            return _single(Pictures(places.crops / shard / "scenes.parquet", f"crops@{shard}", "scene_id"))
        case "composites":
            return _single(Pictures(places.composites, "composite", "composite_id"))
        case "control":
            return _control(shard, places)
        case "regularization":
            file = places.regularization / shard / "regularization.parquet"
            return _single(Pictures(file, f"regularize@{shard}", "picture_id"))
    raise ValueError(f"no configuration is called {config!r}")


def _single(pictures: Pictures) -> Reader:
    """All pictures are in one table."""
    return lambda rows: pictures.take([row["id"] for row in rows])


def _characters(shard: str, places: Places) -> Reader:
    """Crops and variants are in a table each, and stand between each other in the shard."""
    crops = Pictures(places.crops / shard / "crops.parquet", f"crops@{shard}", "crop_id")
    variants = Pictures(places.augmented / shard / "augmented.parquet", f"augment@{shard}", "picture_id")

    def read(rows: Sequence[Row]) -> dict[str, list[pa.Array]]:
        both = {
            name: picture
            for table, own in ((crops, True), (variants, False))
            if (names := [row["id"] for row in rows if (row["origin"] == "crop") == own])
            for name, picture in zip(names, table.take(names)["image"], strict=True)
        }
        return {"image": [both[row["id"]] for row in rows]}

    return read


def _control(shard: str, places: Places) -> Reader:
    """A crop may have several control images; both tables are sorted by crop."""
    crops = Pictures(places.crops / shard / "crops.parquet", f"crops@{shard}", "crop_id")
    file = places.control / shard / "control.parquet"
    drawn = Pictures(file, f"control@{shard}", "control_id", ("image", "segmentation"))

    def read(rows: Sequence[Row]) -> dict[str, list[pa.Array]]:
        found = drawn.take([row["id"] for row in rows])
        image = crops.take([row["parents"][0] for row in rows])["image"]
        return {"image": image, "conditioning_image": found["image"], "segmentation": found["segmentation"]}

    return read
