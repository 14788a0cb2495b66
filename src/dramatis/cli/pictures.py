"""Finds pictures in the shards by id, and writes one as a file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from dramatis.core.errors import InputError, MissingError

ID = "dramatis-id"
"""Text field of an exported PNG that holds the id, so that a renamed file still knows where it comes from."""

SHARDS = {
    "preview": ("previews/*/previews.parquet", "preview_id"),
    "panel": ("panels/*/panels.parquet", "panel_id"),
    "crop": ("crops/*/crops.parquet", "crop_id"),
    "scene": ("crops/*/scenes.parquet", "scene_id"),
    "augmented": ("augmented/*/augmented.parquet", "picture_id"),
    "composite": ("composites/*.parquet", "composite_id"),
    "control": ("control/*/control.parquet", "control_id"),
    "regularization": ("regularization/*/regularization.parquet", "picture_id"),
    "frame": ("frames/*/frames.parquet", "frame_id"),
    "dataset": ("dataset/*/*/*.parquet", "id"),
}
"""Kind of picture: where under `data/` its tables are, and their key. Rows of the dataset have the id of what they are
made of, so they come last: they tell only of what is gone from its own table."""
HEAVY = ("image", "conditioning_image", "segmentation")
"""Columns with pictures."""


@dataclass(frozen=True)
class Found:
    """A row of a table of pictures, without the picture.

    Attributes:
        kind: key of `SHARDS`.
        file: the table.
        row: all other columns; those in `HEAVY` are left out.
    """

    kind: str
    file: Path
    row: dict[str, Any]

    @property
    def id(self) -> str:
        """The key of the row."""
        return self.row[SHARDS[self.kind][1]]


def find(picture: str, data: Path = Path("data")) -> Found:
    """The row of a picture, by id or by a file that `export` wrote.

    Raises:
        MissingError: no table holds the id.
    """
    name = id_of(picture)
    found = look_up(name, data)
    if found:
        return found
    kinds = ", ".join(f"{data}/{pattern}" for pattern, _ in SHARDS.values())
    raise MissingError(name, f"no picture has this id in {kinds}", "Take an id from one of them, or run `dvc repro`")


def look_up(name: str, data: Path, kinds: Iterable[str] = tuple(SHARDS)) -> Found | None:
    """The row with an id in the first of some kinds of tables that has it; None if none has."""
    return next((found for kind in kinds for found in rows(kind, data, [(SHARDS[kind][1], "=", name)])), None)


def rows(kind: str, data: Path, filters: list[tuple[str, str, Any]]) -> Iterator[Found]:
    """Rows of one kind that pass the filters, without pictures."""
    pattern, key = SHARDS[kind]
    for file in sorted(data.glob(pattern)):
        columns = pq.read_schema(file).names
        if key not in columns or "image" not in columns:
            continue  # another table of the stage, without pictures
        columns = [name for name in columns if name not in HEAVY]
        for row in pq.read_table(file, columns=columns, filters=filters).to_pylist():
            yield Found(kind, file, row)


def id_of(picture: str) -> str:
    """The id that a file made by `export` holds, else that its name is; any other text is taken as an id."""
    file = Path(picture)
    if not file.is_file():
        return picture
    try:
        with Image.open(file) as image:
            return image.info.get(ID, file.stem)
    except UnidentifiedImageError:
        raise InputError(picture, "this file is no picture", "Give an id, or a file made by `dramatis show`") from None


def export(picture: str, out: Path | None = None, data: Path = Path("data")) -> Path:
    """Writes a picture as a PNG that holds its id, and returns the file.

    Raises:
        MissingError: no table holds the id.
        InputError: the row has no picture, since the crop was rejected.
    """
    found = find(picture, data)
    key = SHARDS[found.kind][1]
    image = pq.read_table(found.file, columns=["image"], filters=[(key, "=", found.id)])["image"][0].as_py()
    content = image["bytes"] if isinstance(image, dict) else image
    if not content:
        raise InputError(found.id, f"rejected by {found.row['rejected_by']}, so no picture was kept", "Take another")
    out = out or Path("work/pictures") / f"{found.id}.png"
    out.parent.mkdir(parents=True, exist_ok=True)
    text = PngImagePlugin.PngInfo()
    text.add_text(ID, found.id)
    with Image.open(BytesIO(content)) as decoded:
        decoded.convert("RGB").save(out, "PNG", pnginfo=text)
    return out
