"""Joins crops, captions, variants, composites, control images and class pictures of all videos into one dataset."""

import heapq
import json
import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from tqdm import tqdm

from dramatis.core.buckets import Size, bucket_sizes
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.splits import PLAN_FILE
from dramatis.core.tables import whole_folder, write_json, write_table
from dramatis.dataset.card import Facts, card
from dramatis.dataset.features import with_features
from dramatis.dataset.figures import figures
from dramatis.dataset.leaks import leaks
from dramatis.dataset.material import Material, Places, gather
from dramatis.dataset.params import ClassSource, DatasetParams
from dramatis.dataset.plan import bucket_words, buckets_of, per_epoch, plan_rows
from dramatis.dataset.rows import in_bucket
from dramatis.dataset.schema import CONFIGS, CONTROLLED, DATASET, LEFT_OUT, PLAN
from dramatis.dataset.shards import Shard, pictures, read_columns, stored_picture

log = logging.getLogger(__name__)

Row = dict[str, Any]


def run(
    params: DatasetParams,
    videos: Sequence[str],
    sources: Mapping[str, ClassSource],
    leak_distance: int,
    sections: Mapping[str, Any],
    *,
    places: Places,
    frames: Path,
    coverage: Path,
    out: Path,
    metrics: Path,
) -> None:
    """Writes the shards of every configuration, `plan.parquet`, `left_out.parquet`, the card and the metrics.

    Args:
        params: section `dataset`.
        videos: their ids.
        sources: sources of class pictures by id.
        leak_distance: bits of the perceptual hash within which a picture repeats another.
        sections: the sections of the parameters that made the dataset, for the card.
        places: what earlier stages wrote.
        frames: folder with `<video>/source.json`.
        coverage: what stage `select` says of each character.
        out: folder to write; it is replaced only when all went well.
        metrics: file for the figures.

    Raises:
        InputError: a table is missing or unreadable, nobody has a picture, or a held-out picture is trained on.
        ParameterError: no bucket fits.
    """
    buckets = _buckets(params)
    found = gather(places, videos, sources)
    rows = [in_bucket(row, buckets) for row in tqdm(found.rows, "buckets", unit="picture", disable=None)]
    _refuse_leaks(rows, found, leak_distance)
    training = [row for row in rows if row["split"] == "train"]
    seen = per_epoch(training, {name: source.multiplier for name, source in sources.items()}, params.multipliers)
    trained_in = buckets_of(training, seen, buckets, params.min_bucket)
    words = bucket_words(training, seen, trained_in, params.min_bucket)
    for line in words:
        log.warning("bucket %s", line)
    for line in _warnings(rows, found.cast):
        log.warning(line)
    plan = plan_rows(training, seen, trained_in)
    with whole_folder(out) as folder:
        with tqdm(total=len(rows), desc="write", unit="picture", disable=None) as bar:
            for (config, shard), part in groupby(sorted(rows, key=_place), key=_place):
                bar.update(_write(list(part), places, folder / config, shard))
        write_table(plan, with_features(PLAN), folder / PLAN_FILE)
        write_table(found.left_out, LEFT_OUT, folder / "left_out.parquet")
        facts = Facts(
            figures(rows, plan, found.left_out, len(found.chosen)),
            found.cast,
            {name: len(shots) for name, shots in _shots(training).items()},
            read_columns(coverage, "select", ["character", "size_class", "advice"]),
            found.left_out,
            {video: _source(frames / video / "source.json", video) for video in videos},
            {config: Counter(row["video"] for row in rows if row["config"] == config) for config in CONFIGS},
            words,
            sections,
            params.license,
            params.people,
        )
        (folder / "README.md").write_text(card(facts), encoding="utf-8")
    write_json(facts.figures | {"leaks": 0}, metrics)


def _buckets(params: DatasetParams) -> list[Size]:
    sizes = bucket_sizes(params.resolution_px, params.bucket_step_px, params.bucket_sides_px)
    if not sizes:
        problem = f"no bucket of at most {params.resolution_px}² px has sides within {list(params.bucket_sides_px)}"
        raise ParameterError("params.yaml: dataset.bucket_sides_px", problem, "Widen the range or raise resolution_px")
    return sizes


def _refuse_leaks(rows: Sequence[Row], found: Material, distance: int) -> None:
    """Ends the stage if a held-out picture would be trained on; all else that follows trusts that none is."""
    told = leaks(rows, found.origins, distance)
    if told:
        more = f", and {len(told) - 1} more" if len(told) > 1 else ""
        remedy = "Run `dvc repro --force pipelines/dataset/dvc.yaml:select`; if it stays, it is a fault of this program"
        raise InputError("data/selection", f"{told[0]}{more}", remedy)


def _warnings(rows: Sequence[Row], cast: Sequence[Row]) -> Iterator[str]:
    """A line on each character that cannot be trained or scored."""
    crops = [row for row in rows if row["config"] == "characters"]
    training = {row["character"] for row in crops if row["split"] == "train"}
    heads = Counter(row["character"] for row in crops if row["split"] == "validation" and row["stage"] == "head")
    for name in (row["character"] for row in cast):
        if name not in training:
            yield f"{name} has no picture for training"
        elif heads[name] < 2:
            yield f"{name} has fewer than 2 held-out heads: stage score cannot judge a run of this character"


def _shots(training: Sequence[Row]) -> dict[str, set[tuple[str, int]]]:
    """Shots of the training crops, by character."""
    found: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for row in training:
        if row["config"] == "characters":
            found[row["character"]].add((row["video"], row["shot"]))
    return found


def _source(file: Path, video: str) -> Row:
    if not file.is_file():
        raise MissingError(str(file), "there is no such file", f"Run `dvc repro`: stage frames@{video} makes it")
    return json.loads(file.read_text(encoding="utf-8"))


def _place(row: Row) -> tuple[str, str]:
    return row["config"], row["shard"]


def _write(rows: Sequence[Row], places: Places, folder: Path, shard: str) -> int:
    """Writes the rows of a shard with their pictures, those of each split into a file of its own.

    Raises:
        InputError: a picture is missing.
    """
    left = {row["id"]: row for row in rows}
    config = rows[0]["config"]
    schema = with_features(CONTROLLED if config == "control" else DATASET)
    with ExitStack() as stack:
        files = {
            split: stack.enter_context(Shard(folder / split / f"{shard}.parquet", schema))
            for split in sorted({row["split"] for row in rows})
        }
        for name, columns in _pictures(config, shard, places):
            if row := left.pop(name, None):
                if not columns["image"]["bytes"]:
                    raise InputError(
                        name, "this row of an earlier stage has no picture", "Run `dvc repro --force` on it"
                    )
                files[row["split"]].add(row | columns)
    if left:
        file, stage = places.files(rows[0])
        raise InputError(str(file), f"it has no picture {min(left)}", f"Run `dvc repro`: stage {stage} makes it")
    return len(rows)


def _pictures(config: str, shard: str, places: Places) -> Iterator[tuple[str, Row]]:
    """Ids of a shard's rows and their columns of pictures, by ascending id; also of some rows that are not taken."""
    crops = places.crops / shard / "crops.parquet", f"crops@{shard}"
    match config:
        case "characters":
            variants = places.augmented / shard / "augmented.parquet", f"augment@{shard}"
            both = _stored(*crops, "crop_id"), _stored(*variants, "picture_id")
            return heapq.merge(*both, key=itemgetter(0))
        case "scenes":
            return _stored(places.crops / shard / "scenes.parquet", f"crops@{shard}", "scene_id")
        case "composites":
            return _stored(places.composites, "composite", "composite_id")
        case "regularization":
            file = places.regularization / shard / "regularization.parquet"
            return _stored(file, f"regularize@{shard}", "picture_id")
    return _controlled(crops, (places.control / shard / "control.parquet", f"control@{shard}"))


def _stored(file: Path, made_by: str, key: str) -> Iterator[tuple[str, Row]]:
    for name, data in pictures(file, made_by, [key, "image"]):
        yield name, {"image": stored_picture(name, data)}


def _controlled(crops: tuple[Path, str], control: tuple[Path, str]) -> Iterator[tuple[str, Row]]:
    """Crops beside their control images: both tables are sorted by crop."""
    stored = pictures(*crops, ["crop_id", "image"])
    crop, image = next(stored, ("", b""))
    for name, crop_id, drawn, parts in pictures(*control, ["control_id", "crop_id", "image", "segmentation"]):
        while crop and crop < crop_id:
            crop, image = next(stored, ("", b""))
        if crop == crop_id:
            yield (
                name,
                {
                    "image": stored_picture(crop, image),
                    "conditioning_image": stored_picture(name, drawn),
                    "segmentation": stored_picture(f"{name}-segmentation", parts) if parts else None,
                },
            )
