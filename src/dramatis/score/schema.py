"""Tables of stage `score`, and of the strangers that it may be given."""

import pyarrow as pa

from dramatis.core.tables import BOX, column

STEPS = pa.schema(
    [
        column("key", pa.string(), "Key: `<step:06d>-<of>-<measure>`."),
        column("step", pa.int32(), "Step of the checkpoint; 0 is the base without adapter."),
        column("of", pa.string(), "Key of a character, pair, forget, or run: all of it together."),
        column("measure", pa.string(), "What is measured; see docs/score.md."),
        column("value", pa.float64(), "The number."),
        column("low", pa.float64(), "Low end of its interval."),
        column("high", pa.float64(), "High end of its interval."),
        column("change", pa.float64(), "Difference from the base on the same prompts and seeds."),
        column("change_low", pa.float64(), "Low end of that difference's interval."),
        column("change_high", pa.float64(), "High end of that difference's interval."),
    ]
)
"""`data/scores/<run>/steps.parquet`."""

JUDGED = pa.schema(
    [
        column("preview_id", pa.string(), "Key: preview."),
        column("step", pa.int32(), "Step of the checkpoint; 0 is the base without adapter."),
        column("of", pa.string(), "Group that it counts in: a character, pair, forget, or run."),
        column(
            "nearest", pa.string(), "Nearest of the cast; null without a face, or where no identity is asked.", True
        ),
        column(
            "values",
            pa.map_(pa.string(), pa.float64()),
            "What it adds to each measure; see docs/score.md. A measure that does not apply is not there.",
        ),
    ]
)
"""`data/scores/<run>/judged.parquet`."""

STRANGERS = pa.schema(
    [
        column("stranger_id", pa.string(), "Key."),
        column("image", pa.binary(), "A picture of somebody, one each, JPEG."),
        column("face", BOX, "Box of the face in it [px]."),
        column("head", BOX, "Box of the head in it [px]."),
    ]
)
"""A bank of strangers, `score.strangers`."""
