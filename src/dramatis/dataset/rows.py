"""Rows of the dataset, still without their pictures: what each says of itself, from the tables of earlier stages.

Each row has the columns of DATASET and beside them `config`, `split`, `shard`, `picture` and `phash` (null where no
column says them).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dramatis.core.buckets import Size, bucket_name, cut_share, nearest_bucket
from dramatis.core.captions import with_word
from dramatis.core.tables import box_of, stored_box
from dramatis.dataset.schema import DATASET

Row = dict[str, Any]

CROP = (
    "crop_id",
    "detection_id",
    "frame_id",
    "video",
    "shot",
    "time_code",
    "character",
    "outfit",
    "outfit_name",
    "others",
    "left",
    "stage",
    "face",
    "width_px",
    "height_px",
    "phash",
    "picture",
)
SCENE = (
    "scene_id",
    "frame_id",
    "video",
    "shot",
    "time_code",
    "characters",
    "faces",
    "width_px",
    "height_px",
    "phash",
    "picture",
)
VARIANT = ("picture_id", "crop_id", "flipped", "word")
COMPOSITE = (
    "composite_id",
    "parts",
    "background",
    "characters",
    "faces",
    "layout",
    "stage",
    "width_px",
    "height_px",
    "picture",
)
CONTROL = ("control_id", "crop_id", "kind", "landmarks", "rejected_by")
CLASS = ("picture_id", "source", "caption", "origin", "parent", "width_px", "height_px")
TEXT = ("id", "caption", "origin", "model")
"""Columns that are read of each table."""


def of_crop(crop: Row, text: Row, trigger: str, split: str, shard: str) -> Row:
    """A crop; `text` is its row of CAPTIONS."""
    others, left = crop["others"], crop["left"]
    return _row(
        crop,
        config="characters",
        split=split,
        shard=shard,
        id=crop["crop_id"],
        **_said(text),
        trigger=trigger,
        characters=[*others[:left], crop["character"], *others[left:]],
        origin="crop",
        keep=crop["face"],
        parents=[crop["frame_id"]],
    )


def of_variant(variant: Row, crop: Row, words: Iterable[str]) -> Row:
    """A variant of a crop.

    Args:
        variant: row of AUGMENTED.
        crop: what `of_crop` made of its crop.
        words: every word for light, one of which the caption of the crop may hold already.
    """
    face, characters = crop["face"], crop["characters"]
    if variant["flipped"]:
        face = mirrored(face, crop["width_px"])
        characters = characters[::-1]
    return crop | {
        "id": variant["picture_id"],
        "caption": with_word(crop["caption"], variant["word"], tuple(words)),
        "characters": characters,
        "face": face,
        "keep": face,
        "origin": "exposure",
        "parents": [variant["crop_id"]],
        "picture": None,
        "phash": None,
    }


def mirrored(box: Row, width_px: int) -> Row:
    """A stored box after left and right of the picture were exchanged."""
    return box | {"x0": width_px - box["x1"], "x1": width_px - box["x0"]}


def of_scene(scene: Row, text: Row, split: str, shard: str) -> Row:
    """A whole frame."""
    return _row(
        scene,
        config="scenes",
        split=split,
        shard=shard,
        id=scene["scene_id"],
        **_said(text),
        stage="scene",
        origin="scene",
        keep=around(scene["faces"]),
        parents=[scene["frame_id"]],
    )


def of_composite(composite: Row, text: Row) -> Row:
    """Several crops in one picture; they are of the training split, and so is it."""
    background = composite["background"]
    return _row(
        composite,
        config="composites",
        split="train",
        shard="composites",
        id=composite["composite_id"],
        **_said(text),
        origin=composite["layout"],
        keep=around(composite["faces"]),
        parents=[*composite["parts"], *([background] if background else [])],
    )


def of_control(control: Row, crop: Row) -> Row:
    """A crop with a control image; `crop` is what `of_crop` made of it."""
    return crop | {
        "config": "control",
        "id": control["control_id"],
        "origin": control["kind"],
        "parents": [control["crop_id"]],
        "landmarks": control["landmarks"],
    }


def of_class(picture: Row, kind: str) -> Row:
    """A class picture; `kind` says where its source has them from."""
    return _row(
        picture,
        config="regularization",
        split="train",
        shard=picture["source"],
        id=picture["picture_id"],
        caption_origin=picture["origin"],
        characters=[],
        stage="regularization",
        origin=kind,
        parents=[picture["parent"]] if picture["parent"] else [],
    )


def left_out(row: Row, reason: str) -> Row:
    """A row of LEFT_OUT, of a row of SELECTION or of the dataset."""
    return {"id": row["id"], "character": row["character"], "stage": row["stage"], "reason": reason}


def around(faces: Sequence[Row]) -> Row | None:
    """The box around stored boxes; None without any."""
    if not faces:
        return None
    sides = zip(*map(box_of, faces), strict=True)
    return stored_box(choose(side) for choose, side in zip((min, min, max, max), sides, strict=True))


def in_bucket(row: Row, buckets: Sequence[Size]) -> Row:
    """The row with the bucket nearest to it and what that cuts off."""
    size = (row["width_px"], row["height_px"])
    bucket = nearest_bucket(size, buckets, box_of(row["keep"]) if row["keep"] else None)
    return row | {"bucket": bucket_name(bucket), "cut_share": cut_share(size, bucket)}


def _said(text: Row) -> Row:
    """The columns that a row of CAPTIONS gives."""
    origin = "human" if text["origin"] == "human" else text["model"] or text["origin"]
    return {"caption": text["caption"], "caption_origin": origin}


def _row(source: Mapping[str, Any], **columns: Any) -> Row:
    """A row with what the source says under the same names, and then what is said here."""
    empty = dict.fromkeys((*DATASET.names, "config", "split", "shard", "picture", "phash"))
    known = {name: value for name, value in source.items() if name in empty and name != "origin"}
    return empty | known | columns
