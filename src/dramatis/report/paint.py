"""Pictures small enough for a page, as data URIs."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dramatis.core import boxes
from dramatis.core.images import Image, cut, decode, encode_jpeg, resize
from dramatis.core.tables import iter_rows

QUALITY = 78
"""Of JPEG."""
SURROUNDINGS = 1.5
"""Side of the picture of a face over the longer side of its box."""


class Part(NamedTuple):
    """What is wanted of a frame.

    Attributes:
        key: under which it is given back.
        box: of a face, `x0 y0 x1 y1` [px]; None for the whole frame.
        side_px: longer side of the picture at most.
    """

    key: str
    box: tuple[int, ...] | None
    side_px: int


def uri(image: Image, side_px: int) -> str:
    """A picture, made smaller if it is larger than this, as JPEG in a data URI."""
    scale = side_px / max(image.shape[:2])
    small = image if scale >= 1 else resize(image, *(max(round(side * scale), 1) for side in image.shape[1::-1]))
    return f"data:image/jpeg;base64,{b64encode(encode_jpeg(small, QUALITY)).decode()}"


def from_frames(video: str, wanted: Mapping[str, Sequence[Part]], frames: Path) -> dict[str, str]:
    """Parts of the frames of a video by their key; the frames are read once, one after the other."""
    found: dict[str, str] = {}
    if not wanted:
        return found
    table = frames / video / "frames.parquet"
    for row in iter_rows(table, f"frames@{video}", ["frame_id", "image"]):
        if parts := wanted.get(row["frame_id"]):
            image = decode(row["image"], row["frame_id"])
            for part in parts:
                whole = image if part.box is None else cut(image, boxes.expand(part.box, SURROUNDINGS))
                found[part.key] = uri(whole, part.side_px)
    return found
