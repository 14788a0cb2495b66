"""Draws the control images of the taken crops of one video."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tqdm import tqdm

from dramatis.control.edges import draw_edges
from dramatis.control.landmarks import draw_landmarks
from dramatis.control.params import KINDS, ControlParams
from dramatis.control.people import Shown, people_by_frame, shown_in
from dramatis.control.pose import draw_pose
from dramatis.control.schema import CONTROL
from dramatis.control.segmentation import encode_mask, segment
from dramatis.core.images import Image, decode, encode_png
from dramatis.core.tables import iter_rows, read_rows, whole_folder, write_json, write_rows

log = logging.getLogger("control")

FILE = "control.parquet"
CROP = ["crop_id", "figure_id", "frame_id", "stage", "box", "masked", "width_px", "height_px"]
"""Columns of a crop that are needed, but for the picture."""
BOXES = ["detection_id", "figure_id", "frame_id", "kind", "box"]
Row = dict[str, Any]
Counts = Counter[tuple[str, str | None]]
"""Taken crops by stage and by the rule that their landmarks fail, None for none."""


def run(
    params: ControlParams,
    video: str,
    *,
    crops: Path,
    detections: Path,
    landmarks: Path,
    selection: Path,
    out: Path,
    metrics: Path,
) -> None:
    """Writes `control.parquet`, a row for each taken crop and kind, and how many faces were left out.

    Args:
        params: section `control`.
        video: its id.
        crops, detections, landmarks, selection: tables of these stages for this video.
        out: folder to write; it takes its place only when all went well.
        metrics: file of the counts.

    Raises:
        InputError: a table is missing, or a crop is no picture.
    """
    taken = {row["id"] for row in read_rows(selection, "selection", ["id", "split"]) if row["split"]}
    people = people_by_frame(read_rows(detections, f"detect@{video}", BOXES), read_rows(landmarks, f"landmark@{video}"))
    pictures = iter_rows(crops, f"crops@{video}", CROP + (["image"] if "canny" in params.kinds else []))
    counts: Counts = Counter()

    def drawn() -> Iterator[Row]:
        for crop in tqdm(pictures, desc=f"control {video}", unit="crop", disable=None):
            if crop["crop_id"] in taken:
                shown = shown_in(crop, people.get(crop["frame_id"], []), params)
                counts[crop["stage"], shown.rejected_by] += 1
                yield from control_rows(crop, shown, params, str(crops))

    with whole_folder(out) as folder:
        write_rows(drawn(), CONTROL, folder / FILE)
    found = figures(counts)
    write_json(found, metrics)
    left_out = ", ".join(f"{count} by {rule}" for rule, count in found["left_out"].items())
    log.info("%s: %d crops, faces left out: %s", video, found["crops"], left_out or "none")


def control_rows(crop: Row, shown: Shown, params: ControlParams, place: str = "crop") -> Iterator[Row]:
    """The rows of one crop, one for each kind.

    Args:
        crop: its row.
        shown: who is in it.
        params: section `control`.
        place: where the crop is from, for messages.
    """
    size = crop["width_px"], crop["height_px"]

    def canny() -> Image:
        picture = decode(crop["image"], f"{place}: {crop['crop_id']}")
        return draw_edges(picture, params.canny.low, params.canny.high, params.canny.spread)

    draw: dict[str, Callable[[], Image]] = {
        "canny": canny,
        "landmarks": lambda: draw_landmarks(shown.faces, *size, params.draw, params.colours, params.line_width),
        "pose": lambda: draw_pose(shown.figures, *size, params.line_width),
    }
    parts = encode_mask(segment(shown.faces, *size)) if params.segmentation and shown.own is not None else None
    for kind in KINDS:
        if kind not in params.kinds:
            continue
        rejected_by = shown.rejected_by if kind == "landmarks" else None
        yield {
            "control_id": f"{crop['crop_id']}-{kind}",
            "crop_id": crop["crop_id"],
            "kind": kind,
            "landmarks": None if shown.own is None else shown.own.ravel().tolist(),
            "segmentation": parts,
            "rejected_by": rejected_by,
            "image": b"" if rejected_by else encode_png(draw[kind]()),
        }


def figures(counts: Mapping[tuple[str, str | None], int]) -> dict[str, Any]:
    """How many crops there are, how many of their faces were left out and by which rule, and the share of the rest."""
    by_stage: Counter[str] = Counter()
    kept, left_out = Counter[str](), Counter[str]()
    for (stage, rule), count in sorted(counts.items(), key=str):
        by_stage[stage] += count
        (kept if rule is None else left_out)[stage if rule is None else rule] += count
    crops = by_stage.total()
    return {
        "crops": crops,
        "left_out": dict(left_out),
        "kept": kept.total() / crops if crops else None,
        "kept_by_stage": {stage: kept[stage] / count for stage, count in by_stage.items()},
    }
