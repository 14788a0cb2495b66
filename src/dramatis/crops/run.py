"""Cuts the crops and scenes of one video."""

import logging
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from dramatis.core.images import decode
from dramatis.core.tables import iter_rows, open_rows, read_rows, read_table, whole_folder
from dramatis.core.vectors import matrix_of
from dramatis.crops.lettering import lines
from dramatis.crops.params import CropsParams
from dramatis.crops.people import people_of
from dramatis.crops.scenes import planned
from dramatis.crops.schema import CROPS, SCENES
from dramatis.crops.shot import Film, Frame, crops_of, scenes_of
from dramatis.crops.subtitles import Band, bands

Row = dict[str, Any]
LOOKED_AT = 400
"""Frames, evenly spread, in which subtitles are looked for to know where a video shows them."""
KNOWN = ["frame_id", "shot", "phash", "sharpness", "width_px", "height_px", "flag"]
"""Columns of table `frames` that tell which frames become scenes."""

log = logging.getLogger(__name__)


def run(
    params: CropsParams,
    video: str,
    *,
    frames: Path,
    detections: Path,
    quality: Path,
    embeddings: Path,
    cast: Path,
    outfits: Path,
    out: Path,
) -> None:
    """Writes `crops.parquet`, a row for each stage of each named figure, and `scenes.parquet`, one for each frame.

    Rejected ones have a row without a picture. No more than the frames of one shot are held at a time.
    """
    people = people_of(read_rows(detections, f"detect@{video}"), read_rows(cast, "cast"), params.proportions)
    judged = {row["detection_id"]: row for row in read_rows(quality, f"quality@{video}")}
    known = read_rows(frames, f"frames@{video}", KNOWN)
    film = Film(
        params=params,
        people=people,
        quality=judged,
        vectors=_vectors(embeddings, video),
        worn={row["figure_id"]: row for row in read_rows(outfits, "outfit")},
        scenes=planned(params.scenes, known, people, judged, params.min_distance),
        bands=_bands(frames, video, len(known)) if params.cut_subtitles else [],
    )
    if film.bands:
        log.info("%s: crops and scenes are cut clear of its subtitles", video)
    with (
        whole_folder(out) as folder,
        open_rows(CROPS, folder / "crops.parquet") as add_crops,
        open_rows(SCENES, folder / "scenes.parquet") as add_scenes,
        tqdm(total=len(known), desc=f"crops {video}", unit="frame", disable=None) as bar,
    ):
        for _, rows in groupby(iter_rows(frames, f"frames@{video}"), lambda row: row["shot"]):
            shot = [Frame(row, f"{frames}: {row['frame_id']}", film.bands) for row in rows]
            add_crops(crops_of(film, shot))
            add_scenes(scenes_of(film, shot))
            bar.update(len(shot))


def _vectors(file: Path, video: str) -> Mapping[str, NDArray[np.float32]]:
    """Identity vectors by detection."""
    table = read_table(file, f"embed@{video}")
    return dict(zip(table["detection_id"].to_pylist(), matrix_of(table["vector"]), strict=True))


def _bands(frames: Path, video: str, count: int) -> list[Band]:
    """Where a video shows subtitles, from frames all over it."""
    return bands([(row["shot"], lines(decode(row["image"], place))) for row, place in _spread(frames, video, count)])


def _spread(frames: Path, video: str, count: int) -> Iterator[tuple[Row, str]]:
    step = -(-count // LOOKED_AT)
    for n, row in enumerate(iter_rows(frames, f"frames@{video}", ["frame_id", "shot", "image"])):
        if n % step == 0:
            yield row, f"{frames}: {row['frame_id']}"
