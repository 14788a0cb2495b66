"""Table of stage `control`: one row per taken crop and kind of control image."""

import pyarrow as pa

from dramatis.core.tables import column

CONTROL = pa.schema(
    [
        column("control_id", pa.string(), "Key: `<crop_id>-<kind>`."),
        column("crop_id", pa.string(), "Crop it belongs to."),
        column("kind", pa.string(), "canny, landmarks or pose."),
        column(
            "landmarks",
            pa.list_(pa.float32(), 136),
            "68 points x, y of the character's face in the crop, in iBUG order [px]; null if they are not reliable.",
            nullable=True,
        ),
        column(
            "segmentation",
            pa.binary(),
            "Which part of a face each pixel is, PNG, one channel, numbers as in docs/control.md; null without "
            "landmarks, or if `control.segmentation` is false.",
            nullable=True,
        ),
        column(
            "rejected_by",
            pa.string(),
            "Why there is no control image, of landmarks only: `no_landmarks`, or the parameter that the face fails; "
            "null if there is one.",
            nullable=True,
        ),
        column("image", pa.binary(), "The control image, PNG, RGB, of the size of the crop; empty if rejected."),
    ]
)
