"""Tables of stage `outfit`: `<video>.parquet` for each video, and the list of outfits.

Decisions that wait stand in `unmet.parquet`, in the columns of stage `cast`.
"""

import pyarrow as pa

from dramatis.core.tables import column

WORN = pa.schema(
    [
        column("figure_id", pa.string(), "Key: a figure with a named face."),
        column("track_id", pa.string(), "Track."),
        column("character", pa.string(), "Key of the character."),
        column(
            "outfit_id", pa.string(), "Outfit; null if clothes are not seen or are like no other shot's.", nullable=True
        ),
        column("outfit_name", pa.string(), "Name from `cast.yaml`; null without one.", nullable=True),
        column("origin", pa.string(), "Why: auto, decision, or none."),
        column(
            "difference",
            pa.float32(),
            "Mean difference of the clothes to the other shots of the nearest outfit; null if not seen or alone in it.",
            nullable=True,
        ),
        column(
            "margin",
            pa.float32(),
            "How much nearer than the character's next outfit; null without one, negative if a person said so.",
            nullable=True,
        ),
    ]
)

OUTFITS = pa.schema(
    [
        column("outfit_id", pa.string(), "Key: stable id `o` + 8 hex digits of its first track."),
        column("character", pa.string(), "Key of the character who wears it."),
        column("outfit_name", pa.string(), "Name from `cast.yaml`; null without one.", nullable=True),
        column("first_track", pa.string(), "Earliest track, in the order of `videos`."),
        column("shots", pa.int32(), "Shots."),
        column("figures", pa.int32(), "Figures."),
        column("spread", pa.float32(), "Mean difference between its shots; null of one shot.", nullable=True),
    ]
)

TABLES = ("outfits", "unmet")
"""Files of `data/outfits` that are about all videos; no video can be called so."""
