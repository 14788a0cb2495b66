"""Finds the points of every face of one video, and says where its head looks."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from dramatis.backends.landmarks import Landmarker, load_landmarks
from dramatis.core.engine import LOCAL, EngineParams
from dramatis.core.images import decode
from dramatis.core.resume import resumable
from dramatis.core.tables import box_of, iter_rows, read_rows, whole_folder, write_table
from dramatis.core.workers import map_in_order
from dramatis.landmark.params import LandmarkParams
from dramatis.landmark.pose import Pose, fit, five_of
from dramatis.landmark.schema import LANDMARKS

log = logging.getLogger("landmark")

FILE = "landmarks.parquet"
Row = dict[str, Any]


def run(params: LandmarkParams, frames: Path, detections: Path, out: Path, engine: EngineParams = LOCAL) -> None:
    """Writes `landmarks.parquet` for one video.

    Args:
        params: section `landmark`.
        frames: folder of stage `frames` for this video.
        detections: folder of stage `detect` for this video.
        out: folder to write; it takes its place only when all went well.
        engine: what works on the frames, a Ray cluster or this machine.

    Raises:
        InputError: an input or the weights are missing or unusable.
    """
    of_frame = defaultdict(list)
    columns = ["detection_id", "frame_id", "kind", "box", "landmarks"]
    for row in read_rows(detections / "detections.parquet", f"detect@{detections.name}", columns):
        if row["kind"] == "face":
            of_frame[row["frame_id"]].append(row)
    pictures = iter_rows(frames / "frames.parquet", f"frames@{frames.name}", ["frame_id", "image"])
    items = _with_faces(pictures, of_frame)
    load, look = partial(_load, params), partial(_look, params)
    with resumable("landmark", out, params, Path(params.weights), frames, detections) as done:
        found = map_in_order(load, look, items, params.workers, engine, done)
        seen = tqdm(found, total=len(of_frame), desc=f"landmark {frames.name}", unit="frame")
        rows = [row for faces in seen for row in faces]
        held = sum(row["yaw"] is not None for row in rows)
        log.info("%d faces, the pose of %d of them", len(rows), held)
        with whole_folder(out) as folder:
            write_table(rows, LANDMARKS, folder / FILE)


def _load(params: LandmarkParams) -> Landmarker | None:
    return load_landmarks(params.backend, params.weights) if params.backend else None


def _with_faces(pictures: Iterator[Row], of_frame: dict[str, list[Row]]) -> Iterator[tuple[bytes, list[Row]]]:
    """The picture and the faces of each frame that has some."""
    for row in pictures:
        if faces := of_frame.get(row["frame_id"]):
            yield row["image"], faces


def _look(params: LandmarkParams, model: Landmarker | None, item: tuple[bytes, list[Row]]) -> list[Row]:
    data, faces = item
    if model is None:
        return [_of_detector(params, face) for face in faces]
    image = decode(data, faces[0]["frame_id"])
    return [_of_model(params, model, image, face) for face in faces]


def _of_model(params: LandmarkParams, model: Landmarker, image: np.ndarray, face: Row) -> Row:
    found = model.find(image, np.array(box_of(face["box"]), float))
    sure = found.confidence.mean() >= params.min_confidence
    pose = fit(found.points, found.confidence, params.template)
    return {
        "detection_id": face["detection_id"],
        "points": found.points.ravel().tolist(),
        "confidence": found.confidence.tolist(),
        "five": five_of(found.points).ravel().tolist() if sure else None,
        **_posed(pose, sure and pose is not None and pose.residual <= params.max_residual),
    }


def _of_detector(params: LandmarkParams, face: Row) -> Row:
    """The row of a face without a model."""
    five = face["landmarks"]
    pose = None if five is None else fit(np.reshape(five, (5, 2)), np.ones(5), params.template)
    return {
        "detection_id": face["detection_id"],
        "points": None,
        "confidence": None,
        "five": five,
        **_posed(pose, pose is not None and pose.residual <= params.max_residual),
    }


def _posed(pose: Pose | None, trusted: bool) -> Row:
    """The columns about the pose."""
    angles = {name: getattr(pose, name) if trusted else None for name in ("yaw", "pitch", "roll")}
    return {**angles, "residual": None if pose is None else pose.residual}
