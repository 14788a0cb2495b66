"""Table of stage `landmark`: one row per face."""

import pyarrow as pa

from dramatis.core.tables import column

LANDMARKS = pa.schema(
    [
        column("detection_id", pa.string(), "Key: a detection of kind face, in row order of the detections."),
        column(
            "points",
            pa.list_(pa.float32(), 136),
            "68 points x, y of the frame [px] in the order of iBUG 300-W: jaw, brows, nose, eyes, outer and inner "
            "lips, each from the left of the picture; null without a model.",
            nullable=True,
        ),
        column(
            "confidence",
            pa.list_(pa.float32(), 68),
            "How surely each of them was found [0..1]; null without a model.",
            nullable=True,
        ),
        column(
            "five",
            pa.list_(pa.float32(), 10),
            "Right eye, left eye, nose, right and left corner of the mouth (of the person) x, y [px]: from the 68 "
            "points, or without a model the detector's; null where they are not sure enough.",
            nullable=True,
        ),
        column(
            "yaw",
            pa.float32(),
            "Turn of the head, above 0 if the nose points to the right of the picture, -90..90 [degrees]; null if it "
            "cannot be trusted.",
            nullable=True,
        ),
        column(
            "pitch", pa.float32(), "Nod, above 0 if the nose points up [degrees]; null with the yaw.", nullable=True
        ),
        column(
            "roll",
            pa.float32(),
            "Tilt, above 0 if clockwise in the picture [degrees]; null with the yaw.",
            nullable=True,
        ),
        column(
            "residual",
            pa.float32(),
            "Distance of the points from those of the mean face turned so [distances of its eyes]; null without "
            "points.",
            nullable=True,
        ),
    ]
)
