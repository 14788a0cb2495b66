"""Table of stage `caption`: one row per kept crop, scene and composite."""

import pyarrow as pa

from dramatis.core.tables import column

COMPOSITES = "composites"
TABLES = (COMPOSITES,)
"""Files of `data/captions` that are about all videos; no video can be called so."""

CAPTIONS = pa.schema(
    [
        column("id", pa.string(), "Key: a kept crop or scene of the video, or a composite."),
        column("picture", pa.string(), "Hash of its pixels, the key of `captions.yaml`."),
        column("caption", pa.string(), "The whole caption, as its template says."),
        column("tags", pa.list_(pa.string()), "Automatic tags that are part of the caption, as words, surest first."),
        column("origin", pa.string(), "auto, or human (from `captions.yaml`)."),
        column("model", pa.string(), "Backend and model of its words; null for a human caption.", nullable=True),
        column("tokens", pa.int32(), "Its tokens under the tokenizer of the base model; null without one.", True),
    ]
)
"""`data/captions/<video>.parquet` for each video, and `data/captions/composites.parquet`."""
