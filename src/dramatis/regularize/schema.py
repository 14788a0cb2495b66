"""Table of stage `regularize`: class images drawn by the base model."""

import pyarrow as pa

from dramatis.core.tables import column

REGULARIZATION = pa.schema(
    [
        column("picture_id", pa.string(), "Key: `reg-<n:05d>`."),
        column("prompt", pa.string(), "Prompt, which is also the caption."),
        column("seed", pa.int64(), "Seed of the picture."),
        column("image", pa.binary(), "The picture, PNG, RGB."),
    ]
)
