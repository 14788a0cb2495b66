"""Runs the detector over the frames of one video and writes its boxes, figures and tracks."""

import logging
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from dramatis.backends.detect import Detector, load_detect
from dramatis.core.boxes import clip
from dramatis.core.images import decode
from dramatis.core.tables import iter_rows, read_table, stored_box, whole_folder, write_table
from dramatis.core.workers import map_in_order
from dramatis.detect.appearance import appearance
from dramatis.detect.figures import Figure, figures, head_box
from dramatis.detect.params import DetectParams
from dramatis.detect.schema import DETECTIONS, KINDS
from dramatis.detect.tracks import Sighting, link

log = logging.getLogger("detect")


class FrameFigures(NamedTuple):
    """The people of one frame."""

    frame: dict[str, Any]
    """Its row of the frame table, without the picture."""
    size: tuple[int, int]
    """Width and height of the picture [px]."""
    people: list[Figure]
    looks: list[NDArray[np.float32]]
    """Appearance of each figure's head."""


def run(params: DetectParams, frames: Path, out: Path) -> None:
    """Writes `detections.parquet` for one video.

    Args:
        params: section `detect`.
        frames: folder of stage `frames` for this video.
        out: folder to write; it takes its place only when all went well.

    Raises:
        InputError: the frames or the weights are missing or unreadable.
    """
    table, made_by = frames / "frames.parquet", f"frames@{frames.name}"
    count = len(read_table(table, made_by, ["frame_id"]))
    load = partial(
        load_detect, params.backend, params.weights, params.min_score.model_dump(), params.max_iou, params.input_px
    )
    rows = iter_rows(table, made_by, ["frame_id", "video", "shot", "image"])
    seen = map_in_order(load, partial(_look, min_cover=params.min_cover), rows, params.workers)
    looked = list(tqdm(seen, total=count, desc="detect", unit="frame"))
    written = list(_rows(looked, params))
    faces = sum(row["kind"] == "face" for row in written)
    if not faces:
        log.warning("%s: no face in %d frames; this video adds nobody to the cast", table, count)
    log.info(
        "%d faces, %d boxes, %d tracks in %d frames",
        faces,
        len(written),
        len({row["track_id"] for row in written}),
        count,
    )
    with whole_folder(out) as folder:
        write_table(written, DETECTIONS, folder / "detections.parquet")


def _look(detector: Detector, row: dict[str, Any], min_cover: float) -> FrameFigures:
    image = decode(row.pop("image"), row["frame_id"])
    people = figures(detector.detect(image), min_cover)
    looks = [appearance(image, head_box(person)) for person in people]
    return FrameFigures(row, (image.shape[1], image.shape[0]), people, looks)


def _rows(looked: Sequence[FrameFigures], params: DetectParams) -> Iterator[dict[str, Any]]:
    for shot, group in groupby(looked, key=lambda each: each.frame["shot"]):
        members = list(group)
        sightings = [
            [Sighting(head_box(person), look) for person, look in zip(each.people, each.looks, strict=True)]
            for each in members
        ]
        for each, numbers in zip(members, link(sightings, params.tracks), strict=True):
            for index, (person, number) in enumerate(zip(each.people, numbers, strict=True)):
                track_id = f"{each.frame['video']}-{shot:04d}-{number:03d}"
                yield from _figure_rows(each, f"{each.frame['frame_id']}-{index:02d}", person, track_id)


def _figure_rows(each: FrameFigures, figure_id: str, person: Figure, track_id: str) -> Iterator[dict[str, Any]]:
    for kind in KINDS:
        if kind not in person:
            continue
        found = person[kind]
        box = clip(found.box, *each.size)
        yield {
            "detection_id": f"{figure_id}-{kind}",
            "figure_id": figure_id,
            **each.frame,
            "kind": kind,
            "box": stored_box(box),
            "score": found.score,
            "landmarks": None if found.landmarks is None else found.landmarks.ravel().tolist(),
            "track_id": track_id,
        }
