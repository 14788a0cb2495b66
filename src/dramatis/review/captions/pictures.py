"""Pictures of the caption tab: small ones, and whole ones as the shards hold them."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import cv2
import pyarrow.parquet as pq

from dramatis.core.images import decode, encode_jpeg
from dramatis.review.pictures import FRAME_BYTES, QUALITY, THUMB_BYTES, Store

FIT_PX = 256
"""Longer side of a small picture, at most."""
_PNG = b"\x89PNG"


class Stored(Protocol):
    """A picture in a table: its id, the table, the group of rows, and the row in it."""

    @property
    def id(self) -> str: ...
    @property
    def file(self) -> Path: ...
    @property
    def group(self) -> int: ...
    @property
    def row(self) -> int: ...


class Shown:
    """Pictures of one reading of tables, by position; may be asked from any thread."""

    def __init__(self, pictures: Sequence[Stored]):
        self._pictures, self._lock = pictures, threading.Lock()
        self._small, self._groups = Store(THUMB_BYTES), Store(FRAME_BYTES)
        self._tables = {file: pq.ParquetFile(file) for file in sorted({each.file for each in pictures})}

    def __len__(self) -> int:
        return len(self._pictures)

    def small(self, n: int) -> bytes:
        """JPEG that fits into a square; nothing is enlarged."""
        with self._lock:
            known = self._small.take(n)
        if known:
            return known
        image = decode(self.whole(n), self._pictures[n].id)
        height, width = image.shape[:2]
        shrink = min(FIT_PX / max(height, width), 1.0)
        size = max(round(width * shrink), 1), max(round(height * shrink), 1)
        made = encode_jpeg(cv2.resize(image, size, interpolation=cv2.INTER_AREA) if shrink < 1 else image, QUALITY)
        with self._lock:
            self._small.keep(n, made, len(made))
        return made

    def whole(self, n: int) -> bytes:
        """The bytes of the shard: PNG or JPEG."""
        each = self._pictures[n]
        with self._lock:  # a Parquet file is read by one thread at a time
            group = self._groups.take((each.file, each.group))
            if group is None:
                group = self._tables[each.file].read_row_group(each.group, ["image"])["image"]
                self._groups.keep((each.file, each.group), group, group.nbytes)
        return group[each.row].as_py()


def kind_of(data: bytes) -> str:
    """The media type of a picture's bytes."""
    return "image/png" if data.startswith(_PNG) else "image/jpeg"
