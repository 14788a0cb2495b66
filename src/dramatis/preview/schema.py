"""Table of stage `preview`: one row per picture drawn."""

import pyarrow as pa

from dramatis.core.tables import column

PREVIEWS = pa.schema(
    [
        column("preview_id", pa.string(), "Key: `<run>-<step:06d>-<character>-<prompt:02d>-<n:02d>`."),
        column("run", pa.string(), "Run."),
        column("step", pa.int32(), "Step of the checkpoint; 0 is the base without adapter."),
        column("character", pa.string(), "Key of the character asked for."),
        column("prompt", pa.string(), "Whole prompt, trigger word included."),
        column("wanted", pa.list_(pa.string()), "Tags that the prompt asks for beside the character."),
        column("seed", pa.int64(), "Seed of the noise; the same for every step."),
        column("image", pa.binary(), "The picture, PNG, RGB."),
    ]
)
