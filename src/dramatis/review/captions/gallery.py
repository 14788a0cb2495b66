"""The pictures that captions are about: crops, scenes and composites, with the captions of the last run."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from dramatis.core.errors import MissingError
from dramatis.core.params import PARAMS, read_yaml
from dramatis.core.tables import read_rows

DATA = Path("data")
LEFT_OUT = "left out"
"""Split of what stage `selection` took into none."""
UNKNOWN = LEFT_OUT, "not looked at by stage selection"


class Picture(NamedTuple):
    """A picture and what is known of it.

    Attributes:
        id: of the crop, scene or composite.
        picture: hash of its pixels, the key of `captions.yaml`.
        stage: full, upper, head, scene or composite.
        video: null of a composite.
        characters: keys of the character, or of all in it, left to right.
        split: train, validation or left out.
        left_out: why it is in neither; null if it is.
        place: time code, or the parts of a composite.
        size: width and height [px].
        caption: of the last run; null without one.
        human: true if the last run took that from `captions.yaml`.
        file, group, row: where its bytes lie: the table, the group of rows, and the row in it.
    """

    id: str
    picture: str
    stage: str
    video: str | None
    characters: tuple[str, ...]
    split: str
    left_out: str | None
    place: str
    size: tuple[int, int]
    caption: str | None
    human: bool
    file: Path
    group: int
    row: int


class Gallery(NamedTuple):
    """All pictures, by video and time, composites last, and the names of the characters for people."""

    pictures: list[Picture]
    display: dict[str, str]


def read_gallery(data: Path = DATA) -> Gallery:
    """The pictures as the stages left them.

    Raises:
        MissingError: a stage up to `caption` has not run, or wrote an older version of its table.
    """
    videos = list(read_yaml(PARAMS).get("videos") or {})
    found = [picture for video in videos for picture in _of_video(video, data)]
    joined = _kept(data / "composites" / "composites.parquet", "composite", _COMPOSITE)
    captions = _captions(data / "captions" / "composites.parquet")
    for row in joined:
        found.append(_picture(row, "composite_id", captions, "composite", None, row["characters"], ("train", None),
                              " + ".join(row["parts"])))  # fmt: skip
    characters = _rows(data / "cast" / "characters.parquet", "cast", ["character", "display"])
    return Gallery(found, {row["character"]: row["display"] for row in characters})


_SIZE = ["picture", "width_px", "height_px"]
_CROP = ["crop_id", "character", "stage", "time_code", *_SIZE]
_SCENE = ["scene_id", "characters", "time_code", *_SIZE]
_COMPOSITE = ["composite_id", "parts", "characters", *_SIZE]


def _of_video(video: str, data: Path) -> list[Picture]:
    crops = _kept(data / "crops" / video / "crops.parquet", f"crops@{video}", _CROP)
    scenes = _kept(data / "crops" / video / "scenes.parquet", f"crops@{video}", _SCENE)
    selected = _rows(data / "selection" / f"{video}.parquet", "selection", ["id", "split", "left_out"])
    taken = {row["id"]: (row["split"] or LEFT_OUT, row["left_out"]) for row in selected}
    captions = _captions(data / "captions" / f"{video}.parquet")
    found = [
        _picture(row, "crop_id", captions, row["stage"], video, [row["character"]],
                 taken.get(row["crop_id"], UNKNOWN), row["time_code"])
        for row in crops
    ]  # fmt: skip
    found += [
        _picture(row, "scene_id", captions, "scene", video, row["characters"],
                 taken.get(row["scene_id"], UNKNOWN), row["time_code"])
        for row in scenes
    ]  # fmt: skip
    return sorted(found, key=lambda picture: (picture.place, picture.id))


def _picture(
    row: Mapping[str, Any],
    key: str,
    captions: Mapping[str, Mapping[str, Any]],
    stage: str,
    video: str | None,
    characters: Sequence[str],
    taken: tuple[str, str | None],
    place: str,
) -> Picture:
    said = captions.get(row[key]) or {}
    return Picture(
        row[key], row["picture"], stage, video, tuple(characters), *taken, place, (row["width_px"], row["height_px"]),
        said.get("caption"), said.get("origin") == "human", *row["at"],
    )  # fmt: skip


def _captions(file: Path) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in _rows(file, "caption", ["id", "caption", "origin"])}


def _rows(file: Path, made_by: str, columns: list[str]) -> list[dict[str, Any]]:
    if file.is_file() and not set(columns) <= set(pq.read_schema(file).names):
        raise MissingError(str(file), "the table is of an older version", f"Run `dvc repro`: stage {made_by} makes it")
    return read_rows(file, made_by, columns)


def _kept(file: Path, made_by: str, columns: list[str]) -> list[dict[str, Any]]:
    """Rows that have a picture; `at` is their table, their group of rows and their place in it."""
    rows = _rows(file, made_by, columns)
    return [row | {"at": at} for row, at in zip(rows, places(file), strict=True) if row["picture"]]


def places(file: Path) -> Iterator[tuple[Path, int, int]]:
    """Where each row of a table lies: the table, the group of rows, and the row in it."""
    about = pq.read_metadata(file)
    sizes = (about.row_group(group).num_rows for group in range(about.num_row_groups))
    return ((file, group, n) for group, size in enumerate(sizes) for n in range(size))
