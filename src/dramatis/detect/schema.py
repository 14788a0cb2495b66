"""Tables of stage `detect`: one row per box; the boxes of one person in one frame share a figure."""

import pyarrow as pa

from dramatis.core.tables import BOX, column

KINDS = ("face", "head", "halfbody", "person")

DETECTIONS = pa.schema(
    [
        column("detection_id", pa.string(), "Key: `<figure_id>-<kind>`."),
        column("figure_id", pa.string(), "`<frame_id>-<figure:02d>`: the person in the frame that the box belongs to."),
        column("frame_id", pa.string(), "Frame."),
        column("video", pa.string(), "Id of the video."),
        column("shot", pa.int32(), "Number of the shot."),
        column("kind", pa.string(), "face, head, halfbody or person."),
        column("box", BOX, "Half-open box inside the frame [px]."),
        column("score", pa.float32(), "Confidence of the detector [0..1]."),
        column(
            "landmarks",
            pa.list_(pa.float32(), 10),
            "Five points x, y of a face [px]: right eye, left eye, nose, right and left corner of the mouth "
            "(right and left of the person); null if the backend finds none.",
            nullable=True,
        ),
        column("track_id", pa.string(), "`<video>-<shot:04d>-<track:03d>`: the figure followed through its shot."),
    ]
)
