"""What each rule of stage `quality` would drop under the limits in params.yaml, as histograms and contact sheets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dramatis.cli import look
from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import Image, cut, decode, encode_png, resize
from dramatis.core.params import PARAMS, load_params, read_yaml
from dramatis.core.tables import iter_rows, read_rows
from dramatis.quality.params import QualityParams
from dramatis.quality.rules import Bounds, bounds_of, broken

if TYPE_CHECKING:
    from rich.table import Table

PLOTS = Path("metrics/plots/quality")
CELL_PX, LINE_PX, COLUMNS = 88, 16, 10
DROPPED, NEAR = 30, 10
"""Faces that a sheet shows: the worst of those dropped, and the nearest of those kept."""
BEST = 60
INK, PAPER = (40, 40, 40), 255
BINS = 60
Row = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """A face with its measures and what is wrong with it.

    Attributes:
        row: of the quality table, with `video`, `frame_id` and `box` of the detection.
        bounds: the limits of its video.
        rules: the measures that are out of bounds, in order; the first one drops it.
    """

    row: Row
    bounds: Bounds
    rules: list[str]

    def excess(self, measure: str) -> float:
        """How far a measure is out of its bounds, below 0 inside them; -inf for one that was not taken."""
        value, (low, high) = self.row[measure], self.bounds[measure]
        if value is None:
            return -np.inf
        return max(low - value if low is not None else -np.inf, value - high if high is not None else -np.inf)


def show_quality(out: Path = PLOTS, as_json: bool = False) -> None:
    """Writes `<rule>.png` for each rule and `best.png` into a folder, and prints what each rule would drop.

    Raises:
        MissingError: stage `quality` has not run.
        InputError: it ran, but with other columns, or found no face.
    """
    params = load_params("quality", QualityParams)
    faces = judge(read_faces(sorted(read_yaml(PARAMS).get("videos") or {}), Path("data")), params)
    if not faces:
        raise InputError("data/quality", "no face in any video", "Look at stage detect")
    wanted = {measure: sheet_faces(faces, measure) for measure in faces[0].bounds}
    best = sorted((face for face in faces if face.row["track_rank"] == 1), key=lambda face: -face.row["score"])[:BEST]
    pictures = read_pictures([face for chosen in (*wanted.values(), best) for face in chosen], Path("data"))
    out.mkdir(parents=True, exist_ok=True)
    for measure, chosen in wanted.items():
        page = stacked([histogram(faces, measure), sheet(chosen, pictures, measure)])
        (out / f"{measure}.png").write_bytes(encode_png(page))
    (out / "best.png").write_bytes(encode_png(sheet(best, pictures, "score")))
    if as_json:
        look.print_json(counted(faces) | {"pictures": out})
    else:
        look.show(counts(faces), look.plain(f"{len(faces)} faces; pictures in {out}"))


def read_faces(videos: Sequence[str], data: Path) -> list[Row]:
    """The rows of the quality tables, with video, frame and box."""
    faces = []
    for video in videos:
        table = data / "quality" / video / "quality.parquet"
        measured = {row["detection_id"]: row for row in read_rows(table, f"quality@{video}")}
        columns = ["detection_id", "frame_id", "box"]
        for row in read_rows(data / "detections" / video / "detections.parquet", f"detect@{video}", columns):
            if row["detection_id"] in measured:
                faces.append({**measured[row["detection_id"]], **row, "video": video})
    if faces and "pitch" not in faces[0]:
        raise MissingError("data/quality", "the tables are of an older version", "Run `dvc repro`")
    return faces


def judge(faces: Sequence[Row], params: QualityParams) -> list[Judged]:
    """Every face under the limits of its video."""
    judged = []
    for video in dict.fromkeys(face["video"] for face in faces):
        own = [face for face in faces if face["video"] == video]
        bounds = bounds_of(own, params)
        judged += [Judged(face, bounds, broken(face, bounds)) for face in own]
    return judged


def counted(faces: Sequence[Judged]) -> dict[str, Any]:
    """The same as `counts` for scripts; the limits by video."""
    rules = {}
    for measure in faces[0].bounds:
        own = [face for face in faces if measure in face.rules]
        limits = {face.row["video"]: list(face.bounds[measure]) for face in faces}
        rules[measure] = {"limits": limits, "drops": len(own), "first": sum(face.rules[0] == measure for face in own)}
    return {"faces": len(faces), "kept": sum(not face.rules for face in faces), "rules": rules}


def counts(faces: Sequence[Judged]) -> "Table":
    """A row for each rule: its limits, how many faces break it, and how many are dropped by it first."""
    table = look.table("rule", "limits", "would drop", "first to drop")
    for measure in faces[0].bounds:
        limits = dict.fromkeys(_said(face.bounds[measure]) for face in faces)
        own = [face for face in faces if measure in face.rules]
        first = sum(face.rules[0] == measure for face in own)
        table.add_row(measure, ", ".join(limits), f"{len(own)} ({len(own) / len(faces):.1%})", str(first))
    kept = sum(not face.rules for face in faces)
    table.add_row("kept", "", f"{kept} ({kept / len(faces):.1%})", "")
    return table


def sheet_faces(faces: Sequence[Judged], measure: str) -> list[Judged]:
    """The worst faces that a rule drops, then those kept that are nearest to its limit, worst first."""
    taken = [face for face in faces if face.row[measure] is not None]
    order = sorted(taken, key=lambda face: (-face.excess(measure), face.row["detection_id"]))
    dropped = [face for face in order if measure in face.rules]
    return dropped[:DROPPED] + [face for face in order if measure not in face.rules][:NEAR]


def read_pictures(faces: Sequence[Judged], data: Path) -> dict[str, Image]:
    """The faces of the frames, cut out, by detection id."""
    of_frame: dict[tuple[str, str], list[Row]] = {}
    for row in {face.row["detection_id"]: face.row for face in faces}.values():
        of_frame.setdefault((row["video"], row["frame_id"]), []).append(row)
    found = {}
    for video in sorted({video for video, _ in of_frame}):
        table = data / "frames" / video / "frames.parquet"
        for frame in iter_rows(table, f"frames@{video}", ["frame_id", "image"]):
            if rows := of_frame.get((video, frame["frame_id"])):
                image = decode(frame["image"], frame["frame_id"])
                for row in rows:
                    box = np.array([row["box"][side] for side in ("x0", "y0", "x1", "y1")])
                    found[row["detection_id"]] = cut(image, box)
    return found


def histogram(faces: Sequence[Judged], measure: str) -> Image:
    """How a measure is spread over all faces, those that its rule drops in red; a line at each limit."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    values = np.array([face.row[measure] for face in faces if face.row[measure] is not None], float)
    out = np.array([measure in face.rules for face in faces if face.row[measure] is not None], bool)
    figure = Figure(figsize=(COLUMNS * CELL_PX / 100, 2.4), dpi=100, layout="constrained")
    axes = figure.add_subplot()
    if len(values):
        axes.hist([values[~out], values[out]], BINS, stacked=True, color=["#6b8fb5", "#c8503c"])
    for limit in sorted({limit for face in faces for limit in face.bounds[measure] if limit is not None}):
        axes.axvline(limit, color="black", linewidth=0.8)
    axes.set_yscale("symlog")
    axes.set_title(f"{measure}: {int(out.sum())} of {len(faces)} faces would be dropped", fontsize=9, loc="left")
    axes.set_ylabel("faces", fontsize=8)
    axes.tick_params(labelsize=8)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])


def sheet(faces: Sequence[Judged], pictures: Mapping[str, Image], measure: str) -> Image:
    """A contact sheet, the value under each face; a red edge marks those that the rule drops."""
    cells = [_cell(pictures[face.row["detection_id"]], face.row[measure], measure in face.rules) for face in faces]
    blank = np.full((CELL_PX + LINE_PX, CELL_PX, 3), PAPER, np.uint8)
    cells += [blank] * (-len(cells) % COLUMNS or (0 if cells else COLUMNS))
    return np.vstack([np.hstack(cells[n : n + COLUMNS]) for n in range(0, len(cells), COLUMNS)])


def stacked(parts: Sequence[NDArray[np.uint8]]) -> Image:
    """Pictures below each other, left-aligned on white."""
    width = max(part.shape[1] for part in parts)
    border = {"borderType": cv2.BORDER_CONSTANT, "value": (PAPER,) * 3}
    return np.vstack([cv2.copyMakeBorder(part, 0, 0, 0, width - part.shape[1], **border) for part in parts])


def _cell(picture: Image, value: float, dropped: bool) -> Image:
    cell = np.full((CELL_PX + LINE_PX, CELL_PX, 3), PAPER, np.uint8)
    scale = (CELL_PX - 6) / max(picture.shape[:2])
    small = resize(picture, *(max(round(side * scale), 1) for side in picture.shape[1::-1]))
    cell[3 : 3 + small.shape[0], 3 : 3 + small.shape[1]] = small
    if dropped:
        cv2.rectangle(cell, (0, 0), (small.shape[1] + 5, small.shape[0] + 5), (200, 60, 40), 2)
    cv2.putText(cell, f"{value:.3g}", (3, CELL_PX + 11), cv2.FONT_HERSHEY_SIMPLEX, 0.36, INK, 1, cv2.LINE_AA)
    return cell


def _said(limits: tuple[float | None, float | None]) -> str:
    low, high = ("" if limit is None else f"{limit:.3g}" for limit in limits)
    return f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}"
