"""Table of stage `quality`: one row per face."""

import pyarrow as pa

from dramatis.core.tables import column

QUALITY = pa.schema(
    [
        column("detection_id", pa.string(), "Key: a detection of kind face."),
        column("size_px", pa.int32(), "Shorter side of the face box [px]."),
        column("sharpness", pa.float32(), "Sharpness of the face, independent of its size; higher is sharper."),
        column("luma", pa.float32(), "Mean brightness of the face [0..1]."),
        column("contrast", pa.float32(), "Standard deviation of the brightness [0..1]."),
        column("clipped", pa.float32(), "Share of pixels at the ends of the range [0..1]."),
        column("truncation", pa.float32(), "Share of the head box cut off by the frame's edge, estimated [0..1]."),
        column("occlusion", pa.float32(), "Share of the face box under boxes of other faces or heads [0..1]."),
        column("yaw", pa.float32(), "Turn of the head by landmarks, -1..1; null without landmarks.", nullable=True),
        column("rejected_by", pa.string(), "First rule that failed; null if kept.", nullable=True),
    ]
)
