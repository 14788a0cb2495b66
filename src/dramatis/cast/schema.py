"""Tables of stage `cast`: one file per video, and the list of characters."""

import pyarrow as pa

from dramatis.core.tables import column

CAST = pa.schema(
    [
        column("detection_id", pa.string(), "Key: a detection of kind face."),
        column("figure_id", pa.string(), "The person in the frame that the face belongs to."),
        column("track_id", pa.string(), "Track."),
        column("cluster_id", pa.string(), "Cluster; null for a face that belongs to none.", nullable=True),
        column("character", pa.string(), "Key of the character; null if unnamed.", nullable=True),
        column("origin", pa.string(), "Why: reference, decision, or none."),
        column(
            "similarity", pa.float32(), "Cosine to the nearest reference of the name; null without one.", nullable=True
        ),
        column("margin", pa.float32(), "How much nearer than the next name; null without one.", nullable=True),
        column("moment", pa.string(), "`<video>@<seconds>:<x>,<y>`: what `pins` and `reject` of `cast.yaml` call it."),
    ]
)

CHARACTERS = pa.schema(
    [
        column("character", pa.string(), "Key: id of the character (a key in `cast.yaml` or a reference folder)."),
        column("display", pa.string(), "Name for people."),
        column("trigger", pa.string(), "Word that stands for the character in captions and prompts."),
        column("clusters", pa.int32(), "Clusters that carry the name."),
        column("tracks", pa.int32(), "Tracks that carry the name."),
        column("faces", pa.int32(), "Faces that carry the name."),
    ]
)
