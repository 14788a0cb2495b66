"""Table of stage `preview`: one row per picture drawn."""

import pyarrow as pa

from dramatis.core.tables import column

PREVIEWS = pa.schema(
    [
        column("preview_id", pa.string(), "Key: `<run>-<step:06d>-<purpose>-<who>-<prompt:02d>-<n:02d>`."),
        column("run", pa.string(), "Run."),
        column("step", pa.int32(), "Step of the checkpoint; 0 is the base without adapter."),
        column("purpose", pa.string(), "Kind of prompt: tags, fixed, guard, pair, forget or control."),
        column("character", pa.string(), "Key of the character asked for; null of several or nobody.", nullable=True),
        column("characters", pa.list_(pa.string()), "Keys of all characters asked for, left to right."),
        column("prompt", pa.string(), "Whole prompt, trigger words included."),
        column("negative", pa.string(), "What was steered away from; may be empty."),
        column("wanted", pa.list_(pa.string()), "Tags that the prompt asks for beside the characters."),
        column("seed", pa.int64(), "Seed of the noise; the same for every step."),
        column("image", pa.binary(), "The picture, PNG, RGB."),
        column("control_image", pa.binary(), "Its control image, PNG, RGB; null without.", nullable=True),
        column(
            "landmarks",
            pa.list_(pa.float32()),
            "68 points x, y of that control image in iBUG order [share of width, height]; null without.",
            nullable=True,
        ),
    ]
)
