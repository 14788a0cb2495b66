"""How near the landmarks of control images come to the truth of the sample film, and the picture of docs/control.md.

`python -m dramatis.bench.control` prints the figures and writes the picture, from what the pipeline wrote last.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from rich.console import Console

from dramatis.bench.picture import titled
from dramatis.control import segmentation as parts
from dramatis.control.place import in_crop
from dramatis.core import seeds
from dramatis.core.errors import one_line_errors
from dramatis.core.images import Image, decode, encode_png, resize
from dramatis.core.params import load_params
from dramatis.core.tables import box_of, read_rows
from dramatis.film.story import EPISODES
from dramatis.measure.match import pairs
from dramatis.measure.params import MeasureParams

TITLE, PICTURE = "sample", Path("docs/control.png")
CELL_PX, SAMPLES = 128, ("head", "head", "upper", "full")
"""Crops of which stages are in the picture."""
COLUMNS = ("crop", "landmarks", "canny", "pose", "segmentation")
COLOURS = {
    parts.SKIN: (205, 150, 120),
    parts.NOSE: (0, 220, 90),
    parts.RIGHT_EYE: (0, 130, 255),
    parts.LEFT_EYE: (0, 220, 255),
    parts.RIGHT_BROW: (200, 130, 0),
    parts.LEFT_BROW: (255, 210, 0),
    parts.INNER_MOUTH: (110, 0, 50),
    parts.UPPER_LIP: (255, 70, 130),
    parts.LOWER_LIP: (255, 140, 180),
}
"""Of the segmentation in the picture; what is unknown is black."""
Row = dict[str, Any]


class Drawn(NamedTuple):
    """A taken crop and its control images.

    Attributes:
        crop: its row of stage `crops`.
        images: its rows of stage `control` by kind.
        figure: the row of the truth that its face shows; empty if it shows nobody's.
    """

    crop: Row
    images: dict[str, Row]
    figure: Row


def figures(data: Path = Path("data")) -> dict[str, float]:
    """What the benchmark of the dataset takes from here, from the outputs on the sample film.

    Returns:
        landmark_error: mean distance of the 68 points of a control image from the truth, over the diagonal of the true
        face box. landmark_kept: share of the taken crops that have landmarks, and by stage of the crop. landmark_false:
        share of those whose face is nobody's.
    """
    drawn = list(drawn_crops(data))
    kept = [each for each in drawn if each.images["landmarks"]["rejected_by"] is None]
    true = [each for each in kept if each.figure and each.figure["landmarks"] is not None]
    found = {
        "landmark_error": float(np.mean([landmark_error(each) for each in true])),
        "landmark_kept": len(kept) / len(drawn),
        "landmark_false": 1 - len(true) / len(kept),
    }
    for stage in sorted({each.crop["stage"] for each in drawn}):
        own = [each for each in drawn if each.crop["stage"] == stage]
        found[f"landmark_kept_{stage}"] = sum(each.images["landmarks"]["rejected_by"] is None for each in own) / len(
            own
        )
    return found


def landmark_error(drawn: Drawn) -> float:
    """Mean distance of the points from the true ones, over the diagonal of the true face box."""
    crop = drawn.crop
    at = np.array(box_of(crop["box"])), crop["width_px"], crop["height_px"]
    found = np.reshape(drawn.images["landmarks"]["landmarks"], (68, 2))
    true = in_crop(np.reshape(drawn.figure["landmarks"], (68, 2)), *at)
    face = in_crop(np.reshape(box_of(drawn.figure["face"]), (2, 2)), *at)
    return float(np.linalg.norm(found - true, axis=1).mean() / np.linalg.norm(face[1] - face[0]))


def drawn_crops(data: Path) -> Iterator[Drawn]:
    """Every taken crop of the sample film that has control images, by video."""
    truth = defaultdict(list)
    for row in read_rows(data / "film" / TITLE / "truth" / "figures.parquet", f"film@{TITLE}"):
        if row["face"] is not None:
            truth[row["video"], row["frame"]].append(row)
    for video in EPISODES:
        images: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in read_rows(data / "control" / video / "control.parquet", f"control@{video}"):
            images[row["crop_id"]][row["kind"]] = row
        shown = _shown(data, video, truth)
        for crop in read_rows(data / "crops" / video / "crops.parquet", f"crops@{video}"):
            if crop["crop_id"] in images:
                yield Drawn(crop, images[crop["crop_id"]], shown.get(crop["detection_id"], {}))


def _shown(data: Path, video: str, truth: Mapping[tuple[str, int], list[Row]]) -> dict[str, Row]:
    """The true figure of each detected face of an episode that shows one."""
    least = load_params("measure", MeasureParams).min_iou
    found = defaultdict(list)
    for row in read_rows(data / "detections" / video / "detections.parquet", f"detect@{video}"):
        if row["kind"] == "face":
            found[row["frame_id"]].append(row)
    shown: dict[str, Row] = {}
    for frame in read_rows(data / "frames" / video / "frames.parquet", f"frames@{video}", ["frame_id", "index"]):
        here, true = found[frame["frame_id"]], truth[video, frame["index"]]
        shown |= {here[d]["detection_id"]: true[t] for d, t in pairs(here, true, least)}
    return shown


def sheet(drawn: Sequence[Drawn]) -> Image:
    """A few crops beside their control images, a row each, of several characters if it can be; last, two people."""
    order = [drawn[n] for n in seeds.rng(0, "bench", "control").permutation(len(drawn))]
    chosen: list[Drawn] = []
    for stage in SAMPLES:
        seen = {each.crop["character"] for each in chosen}
        fit = [each for each in order if each.crop["stage"] == stage and each not in chosen]
        chosen += sorted(fit, key=lambda each: each.crop["character"] in seen)[:1]
    chosen += [each for each in order if each.crop["people"] > 1 and each not in chosen][:1]
    rows = [np.hstack([_cell(image) for image in _images(each)]) for each in chosen]
    heading = np.hstack([titled(name, np.zeros((0, CELL_PX, 3), np.uint8)) for name in COLUMNS])
    return np.vstack([heading, *rows])


def _images(drawn: Drawn) -> Iterator[Image | None]:
    yield decode(drawn.crop["image"])
    for kind in COLUMNS[1:-1]:
        data = drawn.images[kind]["image"] if kind in drawn.images else b""
        yield decode(data) if data else None
    data = next(iter(drawn.images.values()))["segmentation"]
    yield coloured(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)) if data else None


def coloured(mask: np.ndarray) -> Image:
    """A segmentation in colours, RGB."""
    on = np.zeros((*mask.shape, 3), np.uint8)
    for part, colour in COLOURS.items():
        on[mask == part] = colour
    return on


def _cell(image: Image | None) -> Image:
    """A picture in a square of `CELL_PX`, its sides in proportion, on white."""
    cell = np.full((CELL_PX, CELL_PX, 3), 255, np.uint8)
    if image is not None:
        scale = (CELL_PX - 4) / max(image.shape[:2])
        height, width = (round(side * scale) for side in image.shape[:2])
        top, left = (CELL_PX - height) // 2, (CELL_PX - width) // 2
        cell[top : top + height, left : left + width] = resize(image, width, height)
    return cell


def main() -> None:
    """Prints the figures and writes the picture."""
    data = Path("data")
    PICTURE.write_bytes(encode_png(sheet(list(drawn_crops(data)))))
    Console().print_json(data=figures(data))


if __name__ == "__main__":
    with one_line_errors():
        main()
