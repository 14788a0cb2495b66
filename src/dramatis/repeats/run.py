"""The run of stage `repeats`: compares the fingerprints and the frames of all sources."""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from tqdm import tqdm

from dramatis.core.images import decode
from dramatis.core.tables import read_rows, read_table, readable, whole_folder, write_table
from dramatis.frames.schema import PRINTS_PER_S
from dramatis.repeats.copies import alike, copies, reduced_grey
from dramatis.repeats.params import RepeatsParams
from dramatis.repeats.schema import COPIES, SEGMENTS
from dramatis.repeats.segments import Film, Rules, common_parts, kind_of, on_grid

log = logging.getLogger("repeats")

Row = dict[str, Any]
COLUMNS = ["frame_id", "video", "index", "pts_s", "phash", "width_px", "height_px"]
LATE_S = 0.5
"""How far apart two frames may be in a part that both videos show: its place is known to a quarter of a second [s]."""
HELD = 4096
"""Reduced pictures that are held, of 3.6 kB each."""


def run(params: RepeatsParams, videos: Sequence[str], frames: Path, out: Path) -> None:
    """Writes `segments.parquet` and `copies.parquet`.

    Args:
        videos: ids of all sources, in the order in which the first one keeps a picture.
        frames: folder with the output of stage `frames`.
        out: folder to write.
    """
    films = {video: film for video in videos if (film := _film(frames, video))}
    rules = Rules(params.max_distance, params.min_s, params.min_share, params.min_pictures)
    segments: list[Row] = []
    pairs = list(combinations(films, 2))
    for video, other in tqdm(pairs, "repeats", unit="pair", disable=None):
        for number, part in enumerate(common_parts(films[video], films[other], rules)):
            kind = kind_of(part, len(films[video].hashes), len(films[other].hashes))
            segments.append(_segment(video, other, number, part, kind))
    found = _copies(params, videos, frames, segments)
    log.info("%d parts that two videos share, %d frames that copy one of an earlier source", len(segments), len(found))
    with whole_folder(out) as folder:
        write_table(segments, SEGMENTS, folder / "segments.parquet")
        write_table(found, COPIES, folder / "copies.parquet")


def _film(frames: Path, video: str) -> Film | None:
    """The fingerprints of a video; null for a source of pictures, which has no time."""
    shots = read_rows(frames / video / "shots.parquet", f"frames@{video}", ["transition"])
    if all(shot["transition"] == "picture" for shot in shots):
        return None
    prints = read_table(frames / video / "prints.parquet", f"frames@{video}", ["pts_s", "phash", "contrast"])
    hashes = _numbers(prints["phash"])
    return on_grid(prints["pts_s"].to_numpy(), hashes, prints["contrast"].to_numpy())


def _segment(video: str, other: str, number: int, part: Any, kind: str) -> Row:
    return {
        "segment_id": f"{video}-{other}-{number:02d}",
        "video": video,
        "start_s": part.start / PRINTS_PER_S,
        "end_s": (part.start + part.length) / PRINTS_PER_S,
        "other": other,
        "other_start_s": part.other / PRINTS_PER_S,
        "other_end_s": (part.other + part.length) / PRINTS_PER_S,
        "kind": kind,
        "share": part.share,
    }


def _copies(params: RepeatsParams, videos: Sequence[str], frames: Path, segments: list[Row]) -> list[Row]:
    """Rows of `COPIES`."""
    files = {video: frames / video / "frames.parquet" for video in videos}
    rows = [row for video in videos for row in read_rows(files[video], f"frames@{video}", COLUMNS)]
    firsts: dict[str, int] = {}
    for n, row in enumerate(rows):
        firsts.setdefault(row["video"], n)
    groups = {video: _Groups(files[video]) for video in videos}

    @lru_cache(HELD)
    def look(n: int) -> NDArray[np.uint8]:
        row = rows[n]
        data = groups[row["video"]].image(n - firsts[row["video"]])
        return reduced_grey(decode(data, f"{files[row['video']]}: {row['frame_id']}"))

    def same(later: int, first: int) -> bool:
        """Near hashes at the same moment of a repeated part are proof enough; elsewhere the pictures are compared."""
        segment = _segment_of(rows[first], rows[later], segments)
        return bool(segment and _late(rows[first], rows[later], segment) <= LATE_S) or alike(look(later), look(first))

    hashes = np.array([int(row["phash"], 16) for row in rows], np.uint64)
    shapes = np.array([row["width_px"] / row["height_px"] for row in rows])
    return [
        {
            "frame_id": rows[copy.row]["frame_id"],
            "copy_of": rows[copy.of]["frame_id"],
            "distance": copy.distance,
            "segment_id": (_segment_of(rows[copy.of], rows[copy.row], segments) or {}).get("segment_id"),
        }
        for copy in copies([row["video"] for row in rows], hashes, shapes, same, params.copy_distance)
    ]


def _late(first: Row, later: Row, segment: Row) -> float:
    """By how much two frames lie at different moments of a part [s]."""
    return abs((later["pts_s"] - segment["other_start_s"]) - (first["pts_s"] - segment["start_s"]))


def _segment_of(first: Row, later: Row, segments: list[Row]) -> Row | None:
    """The repeated part in which both lie."""
    for segment in segments:
        middle = (segment["start_s"] + segment["end_s"]) / 2
        other_middle = (segment["other_start_s"] + segment["other_end_s"]) / 2
        half = (segment["end_s"] - segment["start_s"]) / 2 + 1 / PRINTS_PER_S
        if (
            (segment["video"], segment["other"]) == (first["video"], later["video"])
            and abs(first["pts_s"] - middle) <= half
            and abs(later["pts_s"] - other_middle) <= half
        ):
            return segment
    return None


class _Groups:
    """Pictures of a frame table by row number; one group of rows is held at a time."""

    def __init__(self, file: Path):
        self.file = file
        with self.readable():
            self.table = pq.ParquetFile(file, page_checksum_verification=True)
        sizes = [self.table.metadata.row_group(n).num_rows for n in range(self.table.num_row_groups)]
        self.ends = np.cumsum(sizes)
        self.held, self.group = -1, pa.table({})

    def image(self, row: int) -> bytes:
        number = int(np.searchsorted(self.ends, row, side="right"))
        if number != self.held:
            with self.readable():
                self.held, self.group = number, self.table.read_row_group(number, columns=["image"])
        start = int(self.ends[number - 1]) if number else 0
        return self.group["image"][row - start].as_py()

    def readable(self) -> AbstractContextManager[None]:
        """Names the stage that wrote the file, should it be damaged."""
        return readable(self.file, f"frames@{self.file.parent.name}")


def _numbers(hashes: pa.ChunkedArray) -> NDArray[np.uint64]:
    return np.array([int(text, 16) for text in hashes.to_pylist()], np.uint64)
