"""Table of stage `tag`: one row per kept crop or scene. It knows no names, so a new name does not tag again."""

import pyarrow as pa

from dramatis.core.tables import column

TAGS = pa.schema(
    [
        column("id", pa.string(), "Key: a kept crop or scene."),
        column(
            "tags",
            pa.list_(pa.string()),
            "Tags as in the model's list, with underscores, most certain first: those from `tag.floor` on, and the "
            "surest below it of each category, so that every gap down to there is known.",
        ),
        column("scores", pa.list_(pa.float32()), "Their probabilities [0..1], in the same order."),
        column("categories", pa.list_(pa.string()), "Their categories (general, character, …), in the same order."),
        column("places", pa.list_(pa.int32()), "Their places in the model's list from 0, in the same order."),
        column("sentence", pa.string(), "What a captioner says; null of a tagger.", nullable=True),
        column("model", pa.string(), "Backend and model, such as `wd14:0f3a…`."),
    ]
)
