"""What composites can be made of: training crops that show one person, the figures in them, and backgrounds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dramatis.composite.params import CompositeParams
from dramatis.composite.plan import Part
from dramatis.composite.scenery import MOST_PAINTED, painted_share
from dramatis.core.boxes import cover
from dramatis.core.tables import box_of, iter_rows, read_rows

Row = dict[str, Any]
Boxes = dict[str, NDArray[np.float64]]
"""Boxes of a figure in its frame by kind [px]."""
CROP = (
    "crop_id", "figure_id", "frame_id", "video", "character", "others", "people", "masked", "stage", "box", "face",
    "cut_off", "height_px", "rejected_by", "shot",
)  # fmt: skip
SCENE = ("scene_id", "frame_id", "video", "shot", "box", "width_px", "height_px", "rejected_by")
MOST_SEEN, MOST_OVERLAP = 0.01, 0.05
"""Share of a crop that the box of another person may cover, and of the box of the person itself to be cut out."""
ABOVE, BESIDE, BELOW = 0.3, 0.35, 0.06
"""What is looked at around a person's box to know its background, in its sides."""


@dataclass
class Material:
    """What there is, without the pictures.

    Attributes:
        known: everybody with a crop.
        parts: crops that can be used, by id.
        rows: their rows of the table of crops, by id.
        scenes: scenes that can stand behind figures, by id.
        figures: boxes of everybody in the frames of crops and scenes, by frame and figure.
    """

    known: set[str] = field(default_factory=set)
    parts: dict[str, Part] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    scenes: dict[str, Row] = field(default_factory=dict)
    figures: dict[str, dict[str, Boxes]] = field(default_factory=dict)

    def people(self, scene: Row) -> NDArray[np.float64]:
        """A box around each person in a scene, in pixels of the scene, shape (N, 4)."""
        left, top, *_ = box_of(scene["box"])
        scale = scene["width_px"] / (scene["box"]["x1"] - scene["box"]["x0"])
        figures = [np.stack(list(boxes.values())) for boxes in self.figures.get(scene["frame_id"], {}).values()]
        around = [[*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)] for boxes in figures]
        return (np.array(around).reshape(-1, 4) - [left, top, left, top]) * scale


def gathered(
    params: CompositeParams, videos: Sequence[str], crops: Path, selection: Path, detections: Path
) -> Material:
    """The material of all videos.

    A crop is used if it is for training and nobody but its character is in it, not even a shoulder. A scene is used
    if it lies in no shot of which something is held out, and people fill at most half of it.
    """
    found = Material()
    for video in videos:
        chosen = {row["id"]: row for row in read_rows(selection / f"{video}.parquet", "selection")}
        cut = read_rows(crops / video / "crops.parquet", f"crops@{video}", list(CROP))
        scenes = read_rows(crops / video / "scenes.parquet", f"crops@{video}", list(SCENE))
        train = {key for key, row in chosen.items() if row["split"] == "train"}
        shots = {row[key]: row["shot"] for key, rows in (("crop_id", cut), ("scene_id", scenes)) for row in rows}
        closed = {shots[key] for key, row in chosen.items() if row["split"] == "validation" and key in shots}
        free = [
            row
            for row in scenes
            if row["shot"] not in closed
            and not row["rejected_by"]
            and (row["scene_id"] in train or chosen.get(row["scene_id"], {}).get("left_out") == "nobody")
        ]
        usable = [row for row in cut if row["crop_id"] in train and _usable(params, row)]
        frames = {row["frame_id"] for row in usable + free}
        figures = _figures(detections / video / "detections.parquet", video, frames)
        usable = [row for row in usable if _is_alone(row, figures.get(row["frame_id"], {}))]
        found.figures |= figures
        found.known |= {row["character"] for row in cut}
        for row in usable:
            found.rows[row["crop_id"]] = row
            found.parts[row["crop_id"]] = _part(row, figures.get(row["frame_id"], {}))
        for row in free:
            if painted_share(found.people(row), row["width_px"], row["height_px"]) <= MOST_PAINTED:
                found.scenes[row["scene_id"]] = row
    return found


def _usable(params: CompositeParams, row: Row) -> bool:
    alone = not row["others"] and row["people"] == 1 and not row["masked"]
    return alone and row["face"]["y1"] - row["face"]["y0"] >= params.min_face_px


def _is_alone(row: Row, here: dict[str, Boxes]) -> bool:
    """True if no box of anybody else, whose face need not be seen, reaches more than a little into a crop."""
    others = _others(row["figure_id"], here)
    return not len(others) or float(cover(np.array(box_of(row["box"])), others).max()) <= MOST_SEEN


def _others(figure_id: str, here: dict[str, Boxes]) -> NDArray[np.float64]:
    """All boxes of a frame that are not of this figure, shape (N, 4)."""
    boxes = [box for figure, boxes in here.items() if figure != figure_id for box in boxes.values()]
    return np.array(boxes).reshape(-1, 4)


def _figures(file: Path, video: str, frames: set[str]) -> dict[str, dict[str, Boxes]]:
    found: dict[str, dict[str, Boxes]] = defaultdict(lambda: defaultdict(dict))
    for row in iter_rows(file, f"detect@{video}", ["figure_id", "frame_id", "kind", "box"]):
        if row["frame_id"] in frames:
            found[row["frame_id"]][row["figure_id"]][row["kind"]] = np.array(box_of(row["box"]), float)
    return {frame: dict(figures) for frame, figures in found.items()}


def _part(row: Row, here: dict[str, Boxes]) -> Part:
    return Part(
        crop_id=row["crop_id"],
        character=row["character"],
        stage=row["stage"],
        whole=row["stage"] == "full" and not row["cut_off"],
        clear=_is_clear(row, here),
        face_share=(row["face"]["y1"] - row["face"]["y0"]) / row["height_px"],
    )


def _is_clear(row: Row, here: dict[str, Boxes]) -> bool:
    """True if the face was found, and no box of anybody else covers more than a little of the person's."""
    own, others = here.get(row["figure_id"], {}), _others(row["figure_id"], here)
    return "face" in own and (not len(others) or float(cover(person_of(row, own), others).max()) <= MOST_OVERLAP)


def person_of(row: Row, own: Boxes) -> NDArray[np.float64]:
    """The box of the person in a crop, in its frame [px]; that of the crop itself if none was found."""
    return own["person"] if "person" in own else np.array(box_of(row["box"]), float)


def region_of(row: Row, person: NDArray[np.float64], width: int, height: int) -> NDArray[np.int64]:
    """The part of a frame in which a figure is cut out: its box and some background around it [px], shape (4,).

    Args:
        row: of its crop; an upper crop ends the figure at its own lower edge.
        person: box of the person in the frame.
        width: of the frame; `height` likewise.
    """
    across, down = person[2] - person[0], person[3] - person[1]
    low = row["box"]["y1"] if row["stage"] == "upper" else person[3] + BELOW * down
    sides = person[0] - BESIDE * across, person[1] - ABOVE * down, person[2] + BESIDE * across, low
    return np.rint(np.clip(sides, 0, [width, height, width, height])).astype(int)
