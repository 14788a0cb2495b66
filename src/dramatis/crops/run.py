"""Cuts the crops of one video."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from dramatis.cast.schema import NOT_A_PERSON
from dramatis.core.boxes import clip
from dramatis.core.images import Image, cut, decode, encode_png
from dramatis.core.phash import phash
from dramatis.core.tables import box_of, read_rows, read_table, stored_box, whole_folder, write_table
from dramatis.crops.boxes import Cut, figure_boxes, stage_cuts, without_repeats
from dramatis.crops.params import CropsParams
from dramatis.crops.rules import Face, choose, faces_in, others_in, size_rule
from dramatis.crops.schema import CROPS

Row = dict[str, Any]
Boxes = dict[str, dict[str, NDArray[np.float64]]]
"""Detected boxes by figure and kind."""
EDGE_PX = 2
"""A person whose box ends so near the frame's lower edge goes on below it."""


def run(params: CropsParams, video: str, frames: Path, detections: Path, quality: Path, cast: Path, out: Path) -> None:
    """Writes `crops.parquet`: a row for each stage of each named figure, with the picture if it stays."""
    found, faces = _figures(read_rows(detections, f"detect@{video}"), read_rows(cast, "cast"))
    judged = {row["detection_id"]: row for row in read_rows(quality, f"quality@{video}")}
    rows: list[Row] = []
    hashes: dict[str, int] = {}
    wanted = {face["frame_id"] for face in faces}
    bar = tqdm(_frames(frames, video, wanted), f"crops {video}", len(wanted), unit="frame", disable=None)
    for frame, image in bar:
        here = [face for face in faces if face["frame_id"] == frame["frame_id"]]
        people = [Face(row["figure_id"], found[row["figure_id"]]["face"], row["character"]) for row in here]
        for face in here:
            if face["character"] is None:
                continue
            boxes = figure_boxes(found[face["figure_id"]], params.proportions)
            cut_off = bool(boxes["person"][3] >= frame["height_px"] - EDGE_PX)
            cuts = _cuts(params, boxes, found[face["figure_id"]], judged[face["detection_id"]], people, frame)
            cuts = without_repeats(cuts, params.max_share, cut_off)
            for stage, piece in cuts.items():
                row = _row(frame, face, stage, piece, people, judged[face["detection_id"]]) | {"cut_off": cut_off}
                if not piece.rejected_by:
                    picture = cut(image, piece.box)
                    row["image"], hashes[row["crop_id"]] = encode_png(picture), phash(picture)
                rows.append(row)
    _thin_out(params, rows, hashes)
    with whole_folder(out) as folder:
        write_table(rows, CROPS, folder / "crops.parquet")


def _figures(detections: list[Row], cast: list[Row]) -> tuple[Boxes, list[Row]]:
    """All boxes of each figure by kind, and the faces with their characters; what people said is no person is none."""
    named = {row["detection_id"]: row["character"] for row in cast}
    false = {row["detection_id"] for row in cast if row["origin"] == NOT_A_PERSON}
    found: Boxes = defaultdict(dict)
    faces = []
    for row in detections:
        found[row["figure_id"]][row["kind"]] = np.array(box_of(row["box"]), float)
        if row["kind"] == "face" and row["detection_id"] not in false:
            faces.append({**row, "character": named[row["detection_id"]]})
    return found, faces


def _frames(file: Path, video: str, wanted: set[str]) -> Iterator[tuple[Row, Image]]:
    """The frames that hold a face, one decoded picture at a time."""
    for batch in read_table(file, f"frames@{video}").to_batches(max_chunksize=16):
        for row in batch.to_pylist():
            if row["frame_id"] in wanted:
                yield row, decode(row.pop("image"), f"{file}: {row['frame_id']}")


def _cuts(
    params: CropsParams, boxes: dict, found: Collection[str], judged: Row, people: list[Face], frame: Row
) -> dict[str, Cut]:
    """The cuts of one figure, each with the first rule that it fails."""
    cuts = stage_cuts(boxes, found, frame["width_px"], frame["height_px"], params.head_margin, params.max_aspect)
    for stage, piece in cuts.items():
        rule = f"quality:{judged['rejected_by']}" if judged["rejected_by"] else None
        rule = rule or size_rule(piece.box, params.min_side_px, params.min_root_area_px)
        if len(faces_in(piece.box, people)) > params.max_people.get(stage, len(people)):
            rule = rule or "max_people"
        cuts[stage] = replace(piece, rejected_by=rule)
    return cuts


def _row(frame: Row, face: Row, stage: str, piece: Cut, people: list[Face], judged: Row) -> Row:
    x0, y0, x1, y1 = piece.box.tolist()
    face_box = clip(np.subtract(box_of(face["box"]), [x0, y0, x0, y0]), x1 - x0, y1 - y0)
    return {
        **{name: frame[name] for name in ("frame_id", "video", "shot", "time_code")},
        **{name: face[name] for name in ("figure_id", "track_id", "character")},
        "crop_id": f"{face['figure_id']}-{stage}",
        "others": others_in(piece.box, face["figure_id"], face["character"], people),
        "people": len(faces_in(piece.box, people)),
        "stage": stage,
        "box": stored_box(piece.box),
        "face": stored_box(face_box),
        "fallback": piece.fallback,
        "width_px": x1 - x0,
        "height_px": y1 - y0,
        "sharpness": judged["sharpness"],
        "rejected_by": piece.rejected_by,
        "image": b"",
    }


def _thin_out(params: CropsParams, rows: list[Row], hashes: dict[str, int]) -> None:
    """Marks, in the rows of each track and stage, those that repeat a sharper one or exceed the number to keep."""
    groups = defaultdict(list)
    for row in rows:
        if not row["rejected_by"]:
            groups[row["track_id"], row["stage"]].append(row)
    for group in groups.values():
        rules = choose(
            [row["sharpness"] for row in group],
            [hashes[row["crop_id"]] for row in group],
            params.min_distance,
            params.max_per_track,
        )
        for row, rule in zip(group, rules, strict=True):
            row["rejected_by"], row["image"] = rule, b"" if rule else row["image"]
