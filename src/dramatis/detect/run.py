"""Runs the detector over the frames of one video and writes its boxes, figures and tracks."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from dramatis.backends.detect import Detector, load_detect
from dramatis.backends.embed import EmbedChoice, Embedder, Face, load_embed
from dramatis.core.boxes import clip
from dramatis.core.engine import LOCAL, EngineParams
from dramatis.core.images import decode
from dramatis.core.resume import resumable
from dramatis.core.tables import iter_rows, read_table, stored_box, whole_folder, write_table
from dramatis.core.workers import in_blocks, map_in_order
from dramatis.detect.appearance import appearance
from dramatis.detect.figures import Figure, figures, head_box
from dramatis.detect.params import DetectParams
from dramatis.detect.schema import DETECTIONS, KINDS
from dramatis.detect.shot import FrameFigures, pieces, tracks, whole

log = logging.getLogger("detect")
OWN = {"min_cover", "tracks", "identity", "workers"}
"""Keys of the section that do not load a detector."""
FEW = 64
"""Frames that are embedded sooner than another process has started."""


def run(params: DetectParams, embedder: EmbedChoice, frames: Path, out: Path, engine: EngineParams = LOCAL) -> None:
    """Writes `detections.parquet` for one video.

    Args:
        params: section `detect`.
        embedder: the keys of section `embed` that load the model which says whether two faces are one person.
        frames: folder of stage `frames` for this video.
        out: folder to write; it takes its place only when all went well.
        engine: what works on the frames, a Ray cluster or this machine.

    Raises:
        InputError: the frames or the weights are missing or unreadable, or the embedder cannot look at these faces.
    """
    table, made_by = frames / "frames.parquet", f"frames@{frames.name}"
    count = len(read_table(table, made_by, ["frame_id"]))
    rows = iter_rows(table, made_by, ["frame_id", "video", "shot", "pts_s", "image"])
    load, look = partial(load_detect, **params.model_dump(exclude=OWN)), partial(_look, min_cover=params.min_cover)
    blocks = in_blocks(rows, params.batch_size)
    with resumable("detect", out, params, Path(params.weights), frames) as done:
        seen = map(whole, chain.from_iterable(map_in_order(load, look, blocks, params.workers, engine, done)))
        looked = list(tqdm(seen, total=count, desc=f"detect {frames.name}", unit="frame"))
        rows = iter_rows(table, made_by, ["frame_id", "image"])
        _write(list(_rows(looked, rows, params, embedder, engine)), count, table, out)


def _write(written: list[dict[str, Any]], count: int, table: Path, out: Path) -> None:
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


def _look(detector: Detector, rows: list[dict[str, Any]], min_cover: float) -> list[FrameFigures]:
    images = [decode(row.pop("image"), row["frame_id"]) for row in rows]
    seen = []
    for row, image, found in zip(rows, images, detector.detect_batch(images), strict=True):
        people = figures(found, min_cover)
        looks = [appearance(image, head_box(person)) for person in people]
        seen.append(FrameFigures(row, (image.shape[1], image.shape[0]), people, looks))
    return seen


def _rows(
    looked: Sequence[FrameFigures],
    frames: Iterator[dict[str, Any]],
    params: DetectParams,
    embedder: EmbedChoice,
    engine: EngineParams,
) -> Iterator[dict[str, Any]]:
    shots = [list(group) for _, group in groupby(looked, key=lambda each: each.frame["shot"])]
    found = [pieces(shot, params) for shot in shots]
    wanted: dict[str, dict[int, Figure]] = {}  # frame → figures whose face says who they are
    for shot, followed in zip(shots, found, strict=True):
        for position, index in sorted(place for piece in followed for place in piece.seen):
            wanted.setdefault(shot[position].frame["frame_id"], {})[index] = shot[position].people[index]
    vectors, threshold = _vectors(frames, wanted, embedder, params.workers, engine)
    for shot, followed in zip(shots, found, strict=True):
        known = {
            (position, index): vector
            for position, each in enumerate(shot)
            for index, vector in vectors.get(each.frame["frame_id"], {}).items()
        }
        for each, numbers in zip(shot, tracks(shot, followed, known, threshold, params), strict=True):
            for index, (person, number) in enumerate(zip(each.people, numbers, strict=True)):
                track_id = f"{each.frame['video']}-{each.frame['shot']:04d}-{number:03d}"
                yield from _figure_rows(each, f"{each.frame['frame_id']}-{index:02d}", person, track_id)


def _vectors(
    frames: Iterator[dict[str, Any]],
    wanted: Mapping[str, Mapping[int, Figure]],
    embedder: EmbedChoice,
    workers: int,
    engine: EngineParams,
) -> tuple[dict[str, dict[int, NDArray[np.float32]]], float]:
    """Identity vectors of the wanted figures by frame and figure, and the embedder's threshold."""
    if not wanted:
        return {}, 1.0
    load = partial(load_embed, **embedder.model_dump())
    items = ((row["image"], row["frame_id"], wanted[row["frame_id"]]) for row in frames if row["frame_id"] in wanted)
    few = min(workers, 1 + len(wanted) // FEW)
    seen = chain.from_iterable(map_in_order(load, _embed, in_blocks(items, embedder.batch_size), few, engine))
    video = next(iter(wanted)).rpartition("-")[0]
    return dict(tqdm(seen, total=len(wanted), desc=f"identity {video}", unit="frame")), load().threshold


def _embed(
    model: Embedder, items: list[tuple[bytes, str, Mapping[int, Figure]]]
) -> list[tuple[str, dict[int, NDArray[np.float32]]]]:
    faces = []
    for data, frame_id, people in items:
        image = decode(data, frame_id)
        for person in people.values():
            boxes = {kind: found.box for kind, found in person.items()}
            faces.append(Face(image, boxes, person["face"].landmarks))
    vectors = iter(model.embed(faces))
    return [(frame_id, {index: next(vectors) for index in people}) for _, frame_id, people in items]


def _figure_rows(each: FrameFigures, figure_id: str, person: Figure, track_id: str) -> Iterator[dict[str, Any]]:
    for kind in KINDS:
        if kind not in person:
            continue
        found = person[kind]
        box = clip(found.box, *each.size)
        yield {
            "detection_id": f"{figure_id}-{kind}",
            "figure_id": figure_id,
            **{name: each.frame[name] for name in ("frame_id", "video", "shot")},
            "kind": kind,
            "box": stored_box(box),
            "score": found.score,
            "landmarks": None if found.landmarks is None else found.landmarks.ravel().tolist(),
            "track_id": track_id,
        }
