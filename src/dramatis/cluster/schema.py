"""Tables of stage `cluster`."""

import pyarrow as pa

from dramatis.core.tables import column

FACES = pa.schema(
    [
        column("detection_id", pa.string(), "Key: a detection of kind face."),
        column("video", pa.string(), "Id of the video."),
        column("frame_id", pa.string(), "Frame."),
        column("track_id", pa.string(), "Track."),
        column("cluster_id", pa.string(), "Character; null for a face that belongs to none.", nullable=True),
        column("similarity", pa.float32(), "Cosine to the mean of its cluster; null without one.", nullable=True),
        column("used", pa.bool_(), "True if it took part in the clustering (not rejected by quality)."),
    ]
)

CLUSTERS = pa.schema(
    [
        column("cluster_id", pa.string(), "Key: stable id `c` + 8 hex digits of its first track."),
        column("first_track", pa.string(), "Earliest track, in the order of `videos`."),
        column("faces", pa.int32(), "Number of faces."),
        column("tracks", pa.int32(), "Number of tracks."),
        column("medoid", pa.string(), "Detection nearest to the cluster's mean."),
        column("cohesion", pa.float32(), "Mean cosine of its faces to its mean [-1..1]."),
    ]
)

MAP = pa.schema(
    [
        column("detection_id", pa.string(), "Key: a detection of kind face."),
        column("x", pa.float32(), "First UMAP coordinate."),
        column("y", pa.float32(), "Second UMAP coordinate."),
        column("cluster_id", pa.string(), "Character; null for a face that belongs to none.", nullable=True),
    ]
)
