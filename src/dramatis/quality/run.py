"""Measures every face of one video and says which rule it breaks first."""

import logging
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from tqdm import tqdm

from dramatis.core.images import Image, decode
from dramatis.core.tables import box_of, iter_rows, read_rows, read_table, whole_folder, write_table
from dramatis.quality.geometry import occlusion, truncation, yaw
from dramatis.quality.params import QualityParams
from dramatis.quality.rules import first_broken
from dramatis.quality.schema import QUALITY
from dramatis.quality.sharpness import sharpness

log = logging.getLogger("quality")

BLACK, WHITE = 3, 252
"""Brightness at or beyond which detail is lost [0..255]."""


def run(params: QualityParams, frames: Path, detections: Path, out: Path) -> None:
    """Writes `quality.parquet` for one video.

    Args:
        params: section `quality`.
        frames: folder of stage `frames` for this video.
        detections: folder of stage `detect` for this video.
        out: folder to write; it takes its place only when all went well.

    Raises:
        InputError: an input is missing.
    """
    columns = ["detection_id", "figure_id", "frame_id", "kind", "box", "landmarks"]
    of_frame = defaultdict(list)
    for row in read_rows(detections / "detections.parquet", f"detect@{detections.name}", columns):
        if row["kind"] in ("face", "head"):
            of_frame[row["frame_id"]].append(row)
    measured = []
    table, made_by = frames / "frames.parquet", f"frames@{frames.name}"
    count = len(read_table(table, made_by, ["frame_id"]))
    rows = iter_rows(table, made_by, ["frame_id", "image"])
    for row in tqdm(rows, total=count, desc="quality", unit="frame"):
        if found := of_frame.get(row["frame_id"]):
            measured += _measure(decode(row["image"], row["frame_id"]), found)
    for face in measured:
        face["rejected_by"] = first_broken(face, params)
    counts = Counter(face["rejected_by"] or "kept" for face in measured)
    log.info("%d faces; %s", len(measured), ", ".join(f"{name} {n}" for name, n in sorted(counts.items())) or "none")
    with whole_folder(out) as folder:
        write_table(measured, QUALITY, folder / "quality.parquet")


def _measure(image: Image, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
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
        measured.append(
            {
                "detection_id": face["detection_id"],
                "size_px": min(x1 - x0, y1 - y0),
                "sharpness": sharpness(pixels),
                "luma": float(pixels.mean() / 255),
                "contrast": float(pixels.std() / 255),
                "clipped": float(np.mean((pixels <= BLACK) | (pixels >= WHITE))),
                "truncation": truncation(np.array(box), image.shape[1], image.shape[0]),
                "occlusion": occlusion(np.array(box), np.array(others)),
                "yaw": yaw(np.array(face["landmarks"])) if face["landmarks"] else None,
            }
        )
    return measured
