"""Table of stage `composite`: pictures joined of crops of the training split."""

import pyarrow as pa

from dramatis.core.tables import BOX, column

COMPOSITES = pa.schema(
    [
        column("composite_id", pa.string(), "Key: `composite-` and 12 hex digits of what it was made of."),
        column("parts", pa.list_(pa.string()), "Crops it was made of, left to right."),
        column("characters", pa.list_(pa.string()), "Keys of the characters, left to right, each once."),
        column(
            "boxes",
            pa.list_(BOX),
            "Place of each part in the picture [px], in the same order; of a figure what can be seen of it.",
        ),
        column("faces", pa.list_(BOX), "Face of each character in the picture [px], in the same order."),
        column("layout", pa.string(), "join (side by side) or cutout (figures on a background)."),
        column(
            "background",
            pa.string(),
            "Scene behind cut-out figures, people in it painted over; null of others.",
            nullable=True,
        ),
        column("stage", pa.string(), "Stage of its crops: full, upper or head."),
        column("width_px", pa.int32(), "Width."),
        column("height_px", pa.int32(), "Height."),
        column("picture", pa.string(), "Hash of its pixels, the key of `captions.yaml`."),
        column("image", pa.binary(), "The picture, PNG, RGB."),
    ]
)
