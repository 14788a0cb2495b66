"""Table of stage `embed`: one identity vector per face."""

import pyarrow as pa

from dramatis.core.tables import column


def embeddings(width: int) -> pa.Schema:
    """The schema for vectors of `width` numbers."""
    return pa.schema(
        [
            column("detection_id", pa.string(), "Key: a detection of kind face, in row order of the detections."),
            column("vector", pa.list_(pa.float32(), width), "Identity vector, length 1 (L2)."),
        ]
    )
