"""Table of stage `quality`: one row per face."""

import pyarrow as pa

from dramatis.core.tables import column

QUALITY = pa.schema(
    [
        column("detection_id", pa.string(), "Key: a detection of kind face."),
        column("size_px", pa.int32(), "Shorter side of the face box [px]."),
        column("blur_px", pa.float32(), "Radius of its blur: its deviation along the long axis [px of the frame]."),
        column("blur", pa.float32(), "The same over the width of the face box [0..1]; lower is sharper."),
        column("blur_kind", pa.string(), "none (not seen), defocus or motion."),
        column("sharpness", pa.float32(), "1 / (1 + 25 blur): 0.5 at a blur of 4 % of the width; higher is sharper."),
        column("luma", pa.float32(), "Mean brightness of the face [0..1]."),
        column("contrast", pa.float32(), "Standard deviation of the brightness [0..1]."),
        column("clipped", pa.float32(), "Share of pixels at the ends of the range [0..1]."),
        column("truncation", pa.float32(), "Share of the head box cut off by the frame's edge, estimated [0..1]."),
        column("occlusion", pa.float32(), "Share of the face box under boxes of other faces or heads [0..1]."),
        column(
            "yaw",
            pa.float32(),
            "Turn of the head as stage landmark has it, -90..90 [degrees]; null where that says none.",
            nullable=True,
        ),
        column("pitch", pa.float32(), "Its nod, likewise [degrees].", nullable=True),
        column("roll", pa.float32(), "Its tilt, likewise [degrees].", nullable=True),
        column("rejected_by", pa.string(), "First rule that failed; null if kept.", nullable=True),
        column("score", pa.float32(), "How good it is: sharpness, less what is hidden, clipped or turned [0..1]."),
        column("track_rank", pa.int32(), "Its place in its track, 1 is the best: kept ones first, then by score."),
        column("best", pa.bool_(), "True if it was kept and is among the best `best_per_track` of its track."),
    ]
)
