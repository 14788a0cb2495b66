"""Tables of stage `repeats`."""

import pyarrow as pa

from dramatis.core.tables import column

SEGMENTS = pa.schema(
    [
        column("segment_id", pa.string(), "Key: `<video>-<other>-<number:02d>`."),
        column("video", pa.string(), "Id of the video that stands first in params.yaml."),
        column("start_s", pa.float64(), "Where the part begins in it, to a quarter of a second [s]."),
        column("end_s", pa.float64(), "Where it ends in it [s]."),
        column("other", pa.string(), "Id of the video that shows the same."),
        column("other_start_s", pa.float64(), "Where it begins there [s]."),
        column("other_end_s", pa.float64(), "Where it ends there [s]."),
        column("kind", pa.string(), "opening (in the first third of both), ending (in the last third) or other."),
        column("share", pa.float32(), "Share of its fingerprints that agree [0..1]."),
    ]
)

COPIES = pa.schema(
    [
        column("frame_id", pa.string(), "Key: a frame that shows the same picture as one of an earlier source."),
        column("copy_of", pa.string(), "That frame; it is no copy itself."),
        column("distance", pa.int32(), "Bits in which their perceptual hashes differ [0..64]."),
        column("segment_id", pa.string(), "The repeated part that both lie in; null if none.", nullable=True),
    ]
)
