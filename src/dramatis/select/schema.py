"""Table of stage `select`: one row per crop and scene, kept or not."""

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
            "Why it is in neither: `rejected_by` of the crop or scene; `copy`, an earlier source has the same "
            "picture; `near_validation`, it nearly repeats a held-out one; `max_pictures`, the character has enough "
            "that differ more; `nobody`, a scene without a named person. Null if taken.",
            nullable=True,
        ),
    ]
)
"""`data/selection/<video>.parquet` for each video: an episode more leaves the files of the others as they are,
unless what it brings changes their choice."""
