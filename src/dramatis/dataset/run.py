"""Joins crops, captions, variants and class pictures of all videos into one dataset."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from dramatis.core.errors import InputError, ParameterError
from dramatis.core.images import decode
from dramatis.core.phash import phash
from dramatis.core.tables import read_rows, whole_folder, write_table
from dramatis.dataset.buckets import Size, bucket_sizes, nearest_bucket
from dramatis.dataset.card import card
from dramatis.dataset.features import with_features
from dramatis.dataset.params import DatasetParams
from dramatis.dataset.schema import DATASET, LEFT_OUT
from dramatis.dataset.split import held_out, leaks
from dramatis.dataset.weights import balanced

log = logging.getLogger(__name__)

Row = dict[str, Any]
FROM_CROP = (
    "character",
    "outfit",
    "outfit_name",
    "others",
    "stage",
    "face",
    "crop_id",
    "frame_id",
    "time_code",
    "video",
    "shot",
    "width_px",
    "height_px",
)


def run(
    params: DatasetParams,
    videos: Mapping[str, str],
    human: Iterable[str],
    *,
    crops: Path,
    captions: Path,
    characters: Path,
    augmented: Path,
    copies: Path,
    regularization: Path,
    out: Path,
) -> None:
    """Writes the three splits, `left_out.parquet` and the card.

    Args:
        videos: file name of the source of each video.
        human: crop ids that people captioned; one of a video that is not listed is an error.

    Raises:
        InputError: not one crop of a named character was kept.
        ParameterError: no bucket fits, or a human caption names no listed video.
    """
    _check_captions(human, videos)
    sizes = _sizes(params)
    kept, rejected = _crops(videos, crops, captions)
    if params.skip_copies:
        kept, copied = _without_copies(kept, read_rows(copies, "repeats"))
        rejected += copied
    kept = {crop_id: {**row, "bucket": _bucket(row, sizes)} for crop_id, row in kept.items()}
    training, validation, left_out = _split(params, list(kept.values()))
    for character in _unjudged(kept.values(), validation):
        log.warning("%s has fewer than 2 held-out heads: stage score cannot judge a run of this character", character)
    training += _variants(augmented, {row["id"]: row for row in training})
    groups = [(row["character"], row["stage"]) for row in training]
    for row, weight in zip(training, balanced(groups, params.stage_weights, params.max_weight), strict=True):
        row["weight"] = weight
    splits = {
        "train": training,
        "validation": validation,
        "regularization": _regularization(regularization, params.regularization_weight, sizes),
    }
    left_out += rejected
    with whole_folder(out) as folder:
        for name, rows in splits.items():
            write_table(rows, with_features(DATASET), folder / f"{name}.parquet")
        write_table(left_out, LEFT_OUT, folder / "left_out.parquet")
        cast = read_rows(characters, "cast")
        (folder / "README.md").write_text(card(splits, cast, left_out, videos, params.license))


def _check_captions(human: Iterable[str], videos: Mapping[str, str]) -> None:
    for crop in sorted(human):
        if crop.rsplit("-", 3)[0] not in videos:
            place, known = f"cast.yaml: captions.{crop}", ", ".join(videos)
            raise ParameterError(place, f"no video of params.yaml has this crop (they are {known})", "Mend the id")


def _sizes(params: DatasetParams) -> list[Size]:
    sizes = bucket_sizes(params.resolution_px, params.bucket_step_px, params.bucket_sides_px)
    if not sizes:
        problem = f"no bucket of at most {params.resolution_px}² px has sides within {list(params.bucket_sides_px)}"
        raise ParameterError("params.yaml: dataset.bucket_sides_px", problem, "Widen the range or raise resolution_px")
    return sizes


def _crops(videos: Iterable[str], crops: Path, captions: Path) -> tuple[dict[str, Row], list[Row]]:
    """The kept crops as rows of the dataset by id, and the rows of LEFT_OUT for the others."""
    kept, rejected = {}, []
    for video in videos:
        texts = {row["crop_id"]: row for row in read_rows(captions / video / "captions.parquet", f"caption@{video}")}
        for row in read_rows(crops / video / "crops.parquet", f"crops@{video}"):
            crop_id = row["crop_id"]
            if row["rejected_by"]:
                rejected.append(_left_out(crop_id, row, row["rejected_by"]))
            else:
                kept[crop_id] = {
                    **{name: row[name] for name in FROM_CROP},
                    "id": crop_id,
                    "image": _picture(crop_id, row["image"]),
                    "caption": texts[crop_id]["caption"],
                    "trigger": texts[crop_id]["trigger"],
                    "origin": "crop",
                    "weight": 1.0,
                }
    if not kept:
        remedy = "See `rejected_by` there; name people in cast.yaml, or relax the rules of `crops` in params.yaml"
        raise InputError(str(crops), "not one crop of a named character was kept", remedy)
    return kept, rejected


def _without_copies(kept: dict[str, Row], copies: list[Row]) -> tuple[dict[str, Row], list[Row]]:
    """The crops without those that an earlier source already gives, and the rows of LEFT_OUT for these."""
    copy_of = {row["frame_id"]: row["copy_of"] for row in copies}
    known = {(row["frame_id"], row["character"], row["stage"]) for row in kept.values()}
    left_out = [
        _left_out(crop_id, row, "copy")
        for crop_id, row in kept.items()
        if (copy_of.get(row["frame_id"]), row["character"], row["stage"]) in known
    ]
    gone = {row["crop_id"] for row in left_out}
    return {crop_id: row for crop_id, row in kept.items() if crop_id not in gone}, left_out


def _split(params: DatasetParams, rows: Sequence[Row]) -> tuple[list[Row], list[Row], list[Row]]:
    """Training, validation, and rows of LEFT_OUT for training pictures that nearly repeat a held-out one."""
    counts: dict[str, Counter] = defaultdict(Counter)
    for row in rows:
        counts[row["character"]][row["video"], row["shot"]] += 1
    held = held_out(counts, params.validation_share, params.validation_min, params.seed)
    training, validation, left_out = [], [], []
    groups: dict[tuple[str, str], tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for row in rows:
        groups[row["character"], row["stage"]][(row["video"], row["shot"]) in held].append(row)
    for here, there in tqdm(groups.values(), desc="compare with held-out pictures", unit="group"):
        validation += there
        for row, leak in zip(here, leaks(_hashes(here), _hashes(there), params.leak_distance), strict=True):
            if leak:
                left_out.append(_left_out(row["id"], row, "near_validation"))
            else:
                training.append(row)
    return training, validation, left_out


def _unjudged(kept: Iterable[Row], validation: Sequence[Row]) -> list[str]:
    """The characters of whom validation shows fewer heads than stage `score` needs."""
    heads = Counter(row["character"] for row in validation if row["stage"] == "head")
    return sorted({row["character"] for row in kept if heads[row["character"]] < 2})


def _hashes(rows: Sequence[Row]) -> list[int]:
    return [phash(decode(row["image"]["bytes"], row["id"])) for row in rows]


def _variants(augmented: Path, training: Mapping[str, Row]) -> list[Row]:
    """The variants of training crops."""
    return [
        {
            **training[row["crop_id"]],
            "id": row["picture_id"],
            "image": _picture(row["picture_id"], row["image"]),
            "caption": row["caption"],
            "origin": "augment",
        }
        for row in read_rows(augmented, "augment")
        if row["crop_id"] in training
    ]


def _regularization(file: Path, weight: float, sizes: list[Size]) -> list[Row]:
    rows = []
    for row in read_rows(file, "regularize"):
        height, width = decode(row["image"], f"{file}: {row['picture_id']}").shape[:2]
        found = dict.fromkeys(DATASET.names) | {
            "id": row["picture_id"],
            "image": _picture(row["picture_id"], row["image"]),
            "caption": row["prompt"],
            "others": [],
            "stage": "regularization",
            "origin": "regularize",
            "width_px": width,
            "height_px": height,
            "weight": weight,
        }
        rows.append({**found, "bucket": _bucket(found, sizes)})
    return rows


def _bucket(row: Row, sizes: list[Size]) -> str:
    width, height = nearest_bucket(row["width_px"], row["height_px"], sizes)
    return f"{width}x{height}"


def _picture(name: str, data: bytes) -> Row:
    return {"bytes": data, "path": f"{name}.png"}


def _left_out(crop_id: str, row: Row, reason: str) -> Row:
    return {"crop_id": crop_id, "character": row["character"], "stage": row["stage"], "reason": reason}
