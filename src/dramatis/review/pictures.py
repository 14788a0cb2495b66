"""Pictures for the page: thumbnails of faces, cut from the frame shards when asked for, and whole frames."""

import os
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow.parquet as pq

from dramatis.cast.thumbs import SURROUNDINGS
from dramatis.core import boxes
from dramatis.core.errors import InputError
from dramatis.core.images import cut, encode_jpeg, resize
from dramatis.core.tables import box_of

THUMB_PX = 128
QUALITY = 82
SHRINKS = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    1: cv2.IMREAD_COLOR,
}
"""How a JPEG is decoded at a part of its size."""
THUMB_BYTES, FRAME_BYTES = 256 << 20, 128 << 20
"""Most memory for thumbnails, and for coded frames."""

PAUSE_S = 0.002
"""Rest after each frame that is cut beforehand [s]."""


class Store(OrderedDict[Any, Any]):
    """What was asked for last, up to a number of bytes."""

    def __init__(self, most: int):
        super().__init__()
        self._most, self._held = most, 0
        self._sizes: dict[Any, int] = {}

    @property
    def full(self) -> bool:
        """True if more of the same would push out what came first."""
        return self._held > 0.9 * self._most

    def take(self, key: Any) -> Any:
        """A value, or None."""
        if key in self:
            self.move_to_end(key)
            return self[key]
        return None

    def keep(self, key: Any, value: Any, size: int) -> None:
        """Keeps a value; what was not asked for the longest goes."""
        if key not in self:
            self[key], self._sizes[key] = value, size
            self._held += size
        while self._held > self._most and len(self) > 1:
            self._held -= self._sizes.pop(self.popitem(last=False)[0])


class Pictures:
    """Faces and frames of one reading of the project, by position of the face; may be asked from any thread.

    Args:
        rows: faces with `video`, `frame_id` and `box`.
        file_of: the frame table of a video.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]], file_of: Callable[[str], Path]):
        self._rows, self._lock = rows, threading.Lock()
        self._thumbs, self._groups = Store(THUMB_BYTES), Store(FRAME_BYTES)
        self._in_frame: dict[str, list[int]] = {}
        for n, row in enumerate(rows):
            self._in_frame.setdefault(row["frame_id"], []).append(n)
        videos = list(dict.fromkeys(row["video"] for row in rows))
        self._tables = {video: pq.ParquetFile(file_of(video)) for video in videos}
        self._closed, self._warmer = threading.Event(), threading.Thread(target=self._warm, daemon=True)
        self._place = {
            frame: (video, group)
            for video, table in self._tables.items()
            for group in range(table.num_row_groups)
            for frame in table.read_row_group(group, ["frame_id"])["frame_id"].to_pylist()
        }

    def thumb(self, face: int) -> bytes:
        """JPEG of a face with its surroundings. All faces of a frame are cut at once, as decoding it is what costs."""
        with self._lock:
            known = self._thumbs.take(face)
        if known:
            return known
        frame = self._rows[face]["frame_id"]
        faces = {n: box_of(self._rows[n]["box"]) for n in self._in_frame[frame]}
        made = _thumbs(self.frame(face), frame, faces)
        with self._lock:
            for n, data in made.items():
                self._thumbs.keep(n, data, len(data))
        return made[face]

    def warm(self) -> None:
        """Cuts all thumbnails beforehand, frame by frame in a thread of its own, until memory for them is full."""
        self._warmer.start()

    def close(self) -> None:
        """Ends what `warm` began, and waits for that: a thread inside a library aborts the process as Python ends."""
        self._closed.set()
        if self._warmer.is_alive():
            self._warmer.join()

    def _warm(self) -> None:
        if sys.platform == "linux":  # a thread has a priority of its own there: who waits for a picture goes first; not
            # by more, as this one holds the lock of the tables now and then
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)
        for faces in self._in_frame.values():
            if self._closed.wait(PAUSE_S) or self._thumbs.full:
                return
            with suppress(InputError):  # told when the picture is asked for
                self.thumb(faces[0])

    def frame(self, face: int) -> bytes:
        """JPEG of the whole frame that a face is in, as the shard holds it."""
        frame = self._rows[face]["frame_id"]
        place = self._place[frame]
        with self._lock:  # a Parquet file is read by one thread at a time
            group = self._groups.take(place)
            if group is None:
                table = self._tables[place[0]].read_row_group(place[1], ["frame_id", "image"])
                group = dict(zip(table["frame_id"].to_pylist(), table["image"], strict=True))  # not yet copied
                self._groups.keep(place, group, table.nbytes)
        return group[frame].as_py()


def _thumbs(data: bytes, frame: str, faces: Mapping[int, list[int]]) -> dict[int, bytes]:
    """JPEG of each face of a frame; the frame is decoded no larger than its smallest face needs, which takes less time.

    Args:
        data: the frame, JPEG.
        frame: its id.
        faces: boxes [px].
    """
    least = min(max(x1 - x0, y1 - y0) for x0, y0, x1, y1 in faces.values()) * SURROUNDINGS / THUMB_PX
    shrink = next(by for by in SHRINKS if by <= max(least, 1))
    image = cv2.imdecode(np.frombuffer(data, np.uint8), SHRINKS[shrink])  # BGR
    if image is None:
        raise InputError(frame, "its picture cannot be read", "Run `dvc repro`: stage frames makes it again")
    made = {}
    for n, box in faces.items():
        part = cut(image, boxes.expand(np.array(box) / shrink, SURROUNDINGS))
        made[n] = encode_jpeg(resize(part, THUMB_PX, THUMB_PX)[..., ::-1], QUALITY)
    return made


def reference_thumb(image: Any) -> bytes:
    """JPEG of a reference picture's face."""
    return encode_jpeg(resize(image, THUMB_PX, THUMB_PX), QUALITY)
