"""Describes the clothes of everybody in one video whose face was found."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from dramatis.body.describe import described
from dramatis.body.params import BodyParams
from dramatis.body.regions import Boxes, Build
from dramatis.body.schema import BODIES
from dramatis.core.images import Image, decode
from dramatis.core.tables import box_of, iter_rows, read_rows, whole_folder, write_table

Row = dict[str, Any]


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


def _row(params: BodyParams, build: Build, image: Image, face: Row, figures: Mapping[str, Boxes]) -> Row:
    others = [boxes for figure, boxes in figures.items() if figure != face["figure_id"]]
    found = described(image, figures[face["figure_id"]], others, build, params.min_seen)
    clothes = found.clothes.ravel().tolist()
    return {
        **{name: face[name] for name in ("figure_id", "frame_id", "track_id")},
        "face": found.face.ravel().tolist(),
        "seen": found.seen.tolist(),
        "clothes": [None if np.isnan(value) else value for value in clothes],
    }
