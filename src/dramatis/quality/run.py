"""Measures every face of one video and says which rule it breaks first."""

import logging
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from dramatis.core.images import Image, decode
from dramatis.core.tables import box_of, iter_rows, read_rows, read_table, whole_folder, write_json, write_table
from dramatis.quality.blur import Blur, BlurNet, kind_of, sharpness
from dramatis.quality.geometry import occlusion, truncation
from dramatis.quality.params import QualityParams
from dramatis.quality.ranks import score, track_ranks
from dramatis.quality.rules import bounds_of, first_broken
from dramatis.quality.schema import QUALITY

log = logging.getLogger("quality")

FILE = "quality.parquet"
ANGLES = ("yaw", "pitch", "roll")
BLACK, WHITE = 3, 252
"""Brightness at or beyond which detail is lost [0..255]."""


def run(params: QualityParams, frames: Path, detections: Path, landmarks: Path, out: Path, limits: Path) -> None:
    """Writes `quality.parquet` and the limits in force for one video.

    Args:
        params: section `quality`.
        frames: folder of stage `frames` for this video.
        detections: folder of stage `detect` for this video.
        landmarks: folder of stage `landmark` for this video.
        out: folder to write; it takes its place only when all went well.
        limits: file to write, apart from the table: who reads the flags needs no other limit that flags the same.

    Raises:
        InputError: an input is missing.
    """
    net = BlurNet(params.weights)
    columns = ["detection_id", "figure_id", "frame_id", "track_id", "kind", "box"]
    of_frame = defaultdict(list)
    for row in read_rows(detections / "detections.parquet", f"detect@{detections.name}", columns):
        if row["kind"] in ("face", "head"):
            of_frame[row["frame_id"]].append(row)
    poses = {
        row["detection_id"]: {angle: row[angle] for angle in ANGLES}
        for row in read_rows(landmarks / "landmarks.parquet", f"landmark@{landmarks.name}", ["detection_id", *ANGLES])
    }
    measured = []
    table, made_by = frames / "frames.parquet", f"frames@{frames.name}"
    count = len(read_table(table, made_by, ["frame_id"]))
    rows = iter_rows(table, made_by, ["frame_id", "image"])
    for row in tqdm(rows, total=count, desc=f"quality {frames.name}", unit="frame"):
        if found := of_frame.get(row["frame_id"]):
            measured += _measure(decode(row["image"], row["frame_id"]), found, poses, net)
    bounds = bounds_of(measured, params)
    for face in measured:
        face["rejected_by"] = first_broken(face, bounds)
    ranks = track_ranks(measured)
    for face in measured:
        face["track_rank"] = ranks[face["detection_id"]]
        face["best"] = face["rejected_by"] is None and face["track_rank"] <= params.best_per_track
    counts = Counter(face["rejected_by"] or "kept" for face in measured)
    log.info("%d faces; %s", len(measured), ", ".join(f"{name} {n}" for name, n in sorted(counts.items())) or "none")
    with whole_folder(out) as folder:
        write_table([{name: face[name] for name in QUALITY.names} for face in measured], QUALITY, folder / FILE)
    write_json(bounds, limits)


def _measure(
    image: Image, found: list[dict[str, Any]], poses: dict[str, dict[str, float | None]], net: BlurNet
) -> list[dict[str, Any]]:
    """The measures of each face among the faces and heads of one frame."""
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    measured = []
    for face in found:
        if face["kind"] != "face":
            continue
        box = box_of(face["box"])
        others = [box_of(other["box"]) for other in found if other["figure_id"] != face["figure_id"]]
        x0, y0, x1, y1 = box
        pixels = luma[y0:y1, x0:x1]
        row = {
            "detection_id": face["detection_id"],
            "track_id": face["track_id"],
            "size_px": min(x1 - x0, y1 - y0),
            **_blur(net, pixels),
            "luma": float(pixels.mean() / 255),
            "contrast": float(pixels.std() / 255),
            "clipped": float(np.mean((pixels <= BLACK) | (pixels >= WHITE))),
            "truncation": truncation(np.array(box), image.shape[1], image.shape[0]),
            "occlusion": occlusion(np.array(box), np.array(others)),
            **poses[face["detection_id"]],
        }
        measured.append(row | {"score": score(row)})
    return measured


def _blur(net: BlurNet, pixels: NDArray[np.uint8]) -> dict[str, Any]:
    """The columns about blur; a face without any edge is as blurred as it is wide."""
    width = pixels.shape[1]
    blur = net(pixels) or Blur(width, width)
    share = min(blur.long_px / width, 1.0)
    return {
        "blur_px": share * width,
        "blur": share,
        "blur_kind": kind_of(blur, width),
        "sharpness": sharpness(share),
    }
