"""Table of stage `caption`: one row per kept crop."""

import pyarrow as pa

from dramatis.core.tables import column

CAPTIONS = pa.schema(
    [
        column("crop_id", pa.string(), "Key: a kept crop."),
        column("caption", pa.string(), "The whole caption: name first, others, style, outfit, people, stage, tags."),
        column("trigger", pa.string(), "Trigger word of the character."),
        column("tags", pa.list_(pa.string()), "Automatic tags that are part of the caption, most certain first."),
        column("origin", pa.string(), "auto, or human (from `cast.yaml`)."),
        column("tagger", pa.string(), "Backend and model of the tags; null for a human caption.", nullable=True),
    ]
)
