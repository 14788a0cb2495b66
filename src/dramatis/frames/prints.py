"""Fingerprints of a video: a hash of its brightness four times a second, whatever is kept of it."""

from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from dramatis.core.phash import hash_of_grey
from dramatis.frames.luma import Thumb
from dramatis.frames.rows import Row
from dramatis.frames.schema import PRINTS_PER_S
from dramatis.frames.video import Picture


class Prints:
    """The rows of `PRINTS` of a video, as its pictures pass: 50 bytes a row."""

    def __init__(self, video: str):
        self.video = video
        self.rows: list[Row] = []
        self.due = 0

    def watched(self, pictures: Iterable[Picture]) -> Iterator[Picture]:
        """The pictures; rows are taken as they pass."""
        for picture in pictures:
            self.add(picture)
            yield picture

    def add(self, picture: Picture) -> None:
        """Takes a picture; it becomes a row if it is the first at or after a quarter of a second."""
        if picture.time_s * PRINTS_PER_S < self.due - 1e-6:
            return
        self.due = int(picture.time_s * PRINTS_PER_S + 1e-6) + 1
        self.rows.append(print_row(self.video, picture.index, picture.time_s, picture.thumb))


def print_row(video: str, index: int, time_s: float, thumb: Thumb) -> Row:
    """A row of `PRINTS`."""
    return {
        "print_id": f"{video}-{index:06d}",
        "video": video,
        "index": index,
        "pts_s": time_s,
        "phash": f"{hash_of_grey(thumb):016x}",
        "contrast": float(np.float32(cv2.meanStdDev(thumb)[1][0, 0])),
    }
