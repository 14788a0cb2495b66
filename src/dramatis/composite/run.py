"""Makes the composites of all videos. Pictures wait on the disk, one by one, so that memory holds but a few."""

import hashlib
import logging
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from dramatis.composite.join import join
from dramatis.composite.material import Material, gathered, person_of, region_of
from dramatis.composite.matte import Boxes, cut_out
from dramatis.composite.params import CompositeParams
from dramatis.composite.picture import Composed, Figure
from dramatis.composite.plan import Draft, Part, drafts
from dramatis.composite.scenery import without_people
from dramatis.composite.schema import COMPOSITES
from dramatis.composite.stand import stand
from dramatis.core.boxes import clip
from dramatis.core.images import cut, decode, encode_png, picture_hash, read_image, resize
from dramatis.core.seeds import rng
from dramatis.core.tables import box_of, iter_rows, stored_box, whole_folder, write_rows

Row = dict[str, Any]
log = logging.getLogger("composite")


def run(
    params: CompositeParams,
    videos: Sequence[str],
    *,
    crops: Path,
    selection: Path,
    frames: Path,
    detections: Path,
    out: Path,
) -> None:
    """Writes `composites.parquet`.

    Args:
        params: section `composite`.
        videos: ids, of which each has its tables in the folders below.
        crops: crops and scenes.
        selection: what is for training.
        frames: the frames that figures are cut from.
        detections: boxes of everybody in them.
        out: folder to write.

    Raises:
        ParameterError: a chosen group names somebody without a crop.
        InputError: a table is missing, or a picture in it cannot be read.
    """
    found = gathered(params, videos, crops, selection, detections)
    planned = drafts(params, found.parts.values(), found.known, sorted(found.scenes))
    with whole_folder(out) as folder:
        waiting = folder / "waiting"
        waiting.mkdir()
        _fetch(found, planned, crops, frames, waiting)
        rows = sorted(_composed(params, found, planned, waiting), key=lambda row: row["composite_id"])
        write_rows(_with_images(rows, waiting), COMPOSITES, folder / "composites.parquet")
        shutil.rmtree(waiting)
    _say(len(planned), rows)


def _say(planned: int, rows: Sequence[Row]) -> None:
    layouts = [row["layout"] for row in rows]
    log.info("%d pictures: %d joined, %d cut out", len(rows), layouts.count("join"), layouts.count("cutout"))
    if len(rows) < planned:
        log.info("%d of %d were left out: no crops of like scale, or the same as another", planned - len(rows), planned)


def _fetch(found: Material, planned: Sequence[Draft], crops: Path, frames: Path, waiting: Path) -> None:
    """Puts the pictures that drafts need into files: crops, figures with what is around them, backgrounds."""
    joined = {part.crop_id for draft in planned for part in draft.joined or ()}
    figures = {part.crop_id for draft in planned for tried in draft.figures for part in tried}
    scenes = {draft.background for draft in planned if draft.background}
    for video in sorted({found.rows[key]["video"] for key in joined | figures}):
        for row in iter_rows(crops / video / "crops.parquet", f"crops@{video}", ["crop_id", "image"]):
            if row["crop_id"] in joined:
                (waiting / f"{row['crop_id']}.crop").write_bytes(row["image"])
        of_frame = defaultdict(list)
        for key in sorted(figures):
            if found.rows[key]["video"] == video:
                of_frame[found.rows[key]["frame_id"]].append(found.rows[key])
        file = frames / video / "frames.parquet"
        for row in iter_rows(file, f"frames@{video}", ["frame_id", "image"]) if of_frame else ():
            if row["frame_id"] in of_frame:
                image = decode(row["image"], f"{file}: {row['frame_id']}")
                for crop in of_frame[row["frame_id"]]:
                    region = _region(found, crop, image.shape)
                    (waiting / f"{crop['crop_id']}.figure").write_bytes(encode_png(cut(image, region)))
    for video in sorted({found.scenes[key]["video"] for key in scenes}):
        file = crops / video / "scenes.parquet"
        for row in iter_rows(file, f"crops@{video}", ["scene_id", "image"]):
            if row["scene_id"] in scenes:
                scene = decode(row["image"], f"{file}: {row['scene_id']}")
                behind = without_people(scene, found.people(found.scenes[row["scene_id"]]))
                (waiting / f"{row['scene_id']}.scene").write_bytes(encode_png(behind))


def _region(found: Material, crop: Row, shape: Sequence[int]) -> np.ndarray:
    person = person_of(crop, found.figures[crop["frame_id"]][crop["figure_id"]])
    return region_of(crop, person, shape[1], shape[0])


def _composed(params: CompositeParams, found: Material, planned: Sequence[Draft], waiting: Path) -> Iterator[Row]:
    """A row for each composite, its picture in a file; of two that were made of the same only the first."""
    figure = lru_cache(16)(partial(_figure, params, found, waiting))
    made = set()
    for draft in tqdm(planned, "composite", unit="picture", disable=None):
        parts, layout, background = _parts(draft, figure)
        if not parts:
            continue
        key = _key(layout, [part.crop_id for part in parts], background)
        if key in made:
            continue
        made.add(key)
        if background is not None:
            behind = read_image(waiting / f"{background}.scene")
            dice = rng(params.seed, "stand", *(part.crop_id for part in parts), background)
            figures = [each for part in parts if (each := figure(part.crop_id))]
            composed = stand(figures, behind, params.max_side_px, dice)
        else:
            images = [read_image(waiting / f"{part.crop_id}.crop") for part in parts]
            faces = [box_of(found.rows[part.crop_id]["face"]) for part in parts]
            composed = join(images, faces, params.max_side_px, params.gap, params.seam)
        (waiting / f"{key}.png").write_bytes(encode_png(composed.image))
        yield _row(key, draft, parts, layout, background, composed)


def _parts(draft: Draft, figure: Callable[[str], Figure | None]) -> tuple[tuple[Part, ...] | None, str, str | None]:
    """The crops of a draft, its layout and its background: cut out if that succeeds for everybody, else joined."""
    chosen: list[Part] = []
    for tried in draft.figures:
        chosen += islice((part for part in tried if figure(part.crop_id)), 1)
    if chosen and len(chosen) == len(draft.figures):
        return tuple(chosen), "cutout", draft.background
    return draft.joined, "join", None


def _figure(params: CompositeParams, found: Material, waiting: Path, crop_id: str) -> Figure | None:
    """The figure of a crop, cut out of its frame; null if that fails."""
    crop = found.rows[crop_id]
    image = read_image(waiting / f"{crop_id}.figure")
    own = found.figures[crop["frame_id"]][crop["figure_id"]]
    own = {**own, "person": person_of(crop, own)}
    left, top, *_ = _region(found, crop, (1 << 20, 1 << 20))
    scale = min(1.0, params.max_side_px / max(image.shape[:2]))
    if scale < 1:
        image = resize(image, *(max(1, round(side * scale)) for side in image.shape[1::-1]))
    boxes = {kind: (box - [left, top, left, top]) * scale for kind, box in own.items()}
    matte = cut_out(image, Boxes(boxes["face"], boxes.get("head"), boxes["person"]))
    return Figure(*matte, boxes["face"], found.parts[crop_id].whole) if matte else None


def _key(layout: str, parts: Iterable[str], background: str | None) -> str:
    made_of = "\x1f".join([layout, *parts, background or ""])
    return f"composite-{hashlib.sha256(made_of.encode()).hexdigest()[:12]}"


def _row(key: str, draft: Draft, parts: Sequence[Part], layout: str, background: str | None, composed: Composed) -> Row:
    height, width = composed.image.shape[:2]
    return {
        "composite_id": key,
        "parts": [part.crop_id for part in parts],
        "characters": list(draft.characters),
        "boxes": [stored_box(clip(box, width, height)) for box in composed.boxes],
        "faces": [stored_box(clip(box, width, height)) for box in composed.faces],
        "layout": layout,
        "background": background,
        "stage": draft.stage,
        "width_px": width,
        "height_px": height,
        "picture": picture_hash(composed.image),
    }


def _with_images(rows: Iterable[Row], waiting: Path) -> Iterator[Row]:
    for row in rows:
        yield {**row, "image": (waiting / f"{row['composite_id']}.png").read_bytes()}
