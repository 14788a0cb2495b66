"""Table of stage `body`: one row for each figure with a face."""

import pyarrow as pa

from dramatis.core.tables import column

BANDS = ((0.08, 0.36), (0.36, 0.68), (0.68, 1.0), (1.0, 1.5), (1.5, 2.2))
"""Upper and lower end of the bands of a body, from the chin (0) to the waist (1) and on to the knees."""
FACE_LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
BAND_LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Quantiles that describe the colours of a face and of a band."""

BODIES = pa.schema(
    [
        column("figure_id", pa.string(), "Key: a person in a frame."),
        column("frame_id", pa.string(), "Frame."),
        column("track_id", pa.string(), "Track."),
        column(
            "face",
            pa.list_(pa.float32(), 3 * len(FACE_LEVELS)),
            "Colours of the face: quantiles 0.1, 0.2 … 0.9 of red, green, blue by turns [0..255].",
        ),
        column(
            "seen",
            pa.list_(pa.float32(), len(BANDS)),
            "Share of each band that can be seen [0..1]: chest, ribs, waist, hips, thighs; 0 if it is too little.",
        ),
        column(
            "clothes",
            pa.list_(pa.float32(), 3 * len(BAND_LEVELS) * len(BANDS)),
            "Colours of each band: quantiles 0.1, 0.3 … 0.9 of red, green, blue by turns [0..255]; "
            "null where it is not seen.",
        ),
    ]
)
