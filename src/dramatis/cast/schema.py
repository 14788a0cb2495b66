"""Tables of stage `cast`: one file per video, the characters, the clusters, and the decisions that wait."""

import pyarrow as pa

from dramatis.core.tables import column

NOT_A_PERSON = "not_a_person"
"""Origin of a false detection: who counts people leaves it out."""
TABLES = ("characters", "clusters", "unmet")
"""Files of `data/cast` that are about all videos; no video can be called so."""

SEEN = (
    column("seconds", pa.float32(), "Screen time [s]: each kept frame stands for an equal part of its shot."),
    column("shots", pa.int32(), "Shots with one of the faces."),
    column("tracks", pa.int32(), "Tracks."),
    column("faces", pa.int32(), "Faces."),
)

CAST = pa.schema(
    [
        column("detection_id", pa.string(), "Key: a detection of kind face."),
        column("figure_id", pa.string(), "The person in the frame that the face belongs to."),
        column("track_id", pa.string(), "Track."),
        column("cluster_id", pa.string(), "Cluster; null for a face that belongs to none.", nullable=True),
        column("character", pa.string(), "Key of the character; null if unnamed.", nullable=True),
        column(
            "origin",
            pa.string(),
            "Who settled it: reference, decision, none (open), or not_a_person for what people said is no person. "
            "Settled without a character is nobody of the cast.",
        ),
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
        *SEEN,
    ]
)

CLUSTERS = pa.schema(
    [
        column("cluster_id", pa.string(), "Key: cluster."),
        column("character", pa.string(), "Character of most of its faces; null if none.", nullable=True),
        column("origin", pa.string(), "Who settled that, as in the table of faces."),
        *SEEN,
        column("open_faces", pa.int32(), "Faces that neither a reference nor a person settled."),
        column("moment", pa.string(), "Moment of a clear face near its centre: what a pin would name."),
    ]
)

UNMET = pa.schema(
    [
        column("decision", pa.string(), "Key: `<section>.<key>` of `cast.yaml`."),
        column("section", pa.string(), "Section of `cast.yaml`."),
        column("key", pa.string(), "The moment, picture, folder or name that it is about."),
        column("reason", pa.string(), "Why it cannot be applied now."),
    ]
)
