"""Describes the clothes of everybody in one video whose face was found."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from dramatis.body.colours import face_pixels, quantiles
from dramatis.body.params import BodyParams
from dramatis.body.regions import Boxes, Build, bands
from dramatis.body.schema import BAND_LEVELS, BANDS, BODIES, FACE_LEVELS
from dramatis.core.images import Image, decode
from dramatis.core.tables import box_of, iter_rows, read_rows, whole_folder, write_table

Row = dict[str, Any]
FEWEST_PX = 12
"""A band of fewer pixels says nothing."""


def run(
    params: BodyParams, proportions: tuple[float, float, float], video: str, frames: Path, detections: Path, out: Path
) -> None:
    """Writes `bodies.parquet`: a row for each figure with a face.

    Args:
        proportions: `crops.proportions.halfbody`: a half body about the face box, on each side [face widths], above
            and below [face heights].
        frames, detections: tables of this video.
    """
    build = Build(proportions[0], proportions[2], params.strip)
    figures: dict[str, dict[str, dict[str, list[int]]]] = defaultdict(lambda: defaultdict(dict))
    faces: dict[str, list[Row]] = defaultdict(list)
    for row in read_rows(detections, f"detect@{video}"):
        figures[row["frame_id"]][row["figure_id"]][row["kind"]] = box_of(row["box"])
        if row["kind"] == "face":
            faces[row["frame_id"]].append(row)
    rows = []
    with tqdm(total=len(faces), desc=f"body {video}", unit="frame", disable=None) as bar:
        for frame in iter_rows(frames, f"frames@{video}", ["frame_id", "image"]):
            if here := faces.get(frame["frame_id"]):
                image = decode(frame["image"], f"{frames}: {frame['frame_id']}")
                rows += [_row(params, build, image, face, figures[frame["frame_id"]]) for face in here]
                bar.update()
    with whole_folder(out) as folder:
        write_table(rows, BODIES, folder / "bodies.parquet")


def _row(params: BodyParams, build: Build, image: Image, face: Row, figures: dict[str, Boxes]) -> Row:
    others = [boxes for figure, boxes in figures.items() if figure != face["figure_id"]]
    seen, clothes = np.zeros(len(BANDS)), np.full((len(BANDS), len(BAND_LEVELS), 3), None, object)
    for n, (pixels, share) in enumerate(bands(image, figures[face["figure_id"]], others, build, BANDS)):
        if share >= params.min_seen and len(pixels) >= FEWEST_PX:
            seen[n], clothes[n] = share, quantiles(pixels, BAND_LEVELS)
    return {
        **{name: face[name] for name in ("figure_id", "frame_id", "track_id")},
        "face": quantiles(face_pixels(image, box_of(face["box"])), FACE_LEVELS).ravel().tolist(),
        "seen": seen.tolist(),
        "clothes": clothes.ravel().tolist(),
    }
