"""Tables of stage `selection`: what becomes of every crop and scene, and what the pictures of each character cover."""

import pyarrow as pa

from dramatis.core.tables import column

SELECTION = pa.schema(
    [
        column("id", pa.string(), "Key: a crop or a scene of the video."),
        column("kind", pa.string(), "crop or scene."),
        column("character", pa.string(), "Key of the character; null of a scene.", nullable=True),
        column("stage", pa.string(), "full, upper, head or scene."),
        column("distance", pa.string(), "How near the camera is: close, medium or full; null of a scene.", True),
        column("split", pa.string(), "train or validation; null if left out.", nullable=True),
        column(
            "left_out",
            pa.string(),
            "Why it is in neither: `rejected_by` of the crop or scene; `nobody`, a scene without a named person, "
            "or `held_out` if it is of a held-out shot; `copy`, an earlier source has the same picture; "
            "`max_per_shot`, its shot has enough that differ more; `validation_pictures`, it is of a held-out shot, "
            "and enough are held out; `near_validation`, it nearly repeats a held-out one; `max_pictures`, the "
            "character has enough that differ more. Null if taken.",
            nullable=True,
        ),
    ]
)
"""`data/selection/<video>.parquet` for each video: an episode more leaves the files of the others as they are,
unless what it brings changes their choice."""

COVERAGE = pa.schema(
    [
        column("character", pa.string(), "Key: a character of whom any crop was tried, also one without a picture."),
        column(
            "size_class",
            pa.string(),
            "few_shot, tiny, small, medium, large or massive, by `figures`; null without a picture.",
            nullable=True,
        ),
        column("figures", pa.int32(), "Usable pictures before cropping: persons in frames, copies left aside."),
        column("train", pa.int32(), "Crops to train with."),
        column("validation", pa.int32(), "Crops held out."),
        column("left_out", pa.int32(), "Crops that are in neither, whatever the reason."),
        column("refused_most_by", pa.string(), "The commonest reason of these; null if there are none.", True),
        column("videos", pa.int32(), "Videos that training crops are from."),
        column("shots", pa.int32(), "Shots that training crops are from."),
        column("outfits", pa.int32(), "Outfits in training crops, those that are not known left aside."),
        column("most_worn", pa.int32(), "Training crops in the commonest outfit."),
        column("head", pa.int32(), "Training crops of stage head."),
        column("upper", pa.int32(), "Training crops of stage upper."),
        column("full_stage", pa.int32(), "Training crops of stage full."),
        column("close", pa.int32(), "Training crops by distance: close,"),
        column("medium", pa.int32(), "medium,"),
        column("full", pa.int32(), "full: the whole figure is seen."),
        column("front", pa.int32(), "Training crops by the turn of the head, see `selection.yaw`: front,"),
        column("three_quarter", pa.int32(), "three-quarter,"),
        column("profile", pa.int32(), "profile,"),
        column("unsure", pa.int32(), "or not known."),
        column("dark", pa.int32(), "Training crops by the light on the face, see `selection.luma`: dark,"),
        column("normal", pa.int32(), "normal,"),
        column("bright", pa.int32(), "bright."),
        column("advice", pa.list_(pa.string()), "What is missing, and what follows from it; phrases, gravest first."),
    ]
)
"""`data/selection/coverage.parquet`."""

TABLES = ("coverage",)
"""Files of `data/selection` that are about all videos; no video can be called so."""
