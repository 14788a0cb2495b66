"""Tables of stage `regularize`: class pictures of one source, which show nobody of the cast."""

import pyarrow as pa

from dramatis.core.tables import column

REGULARIZATION = pa.schema(
    [
        column("picture_id", pa.string(), "Key: `reg-<source>-<n:05d>`."),
        column("source", pa.string(), "Id of the source, a key of `regularization`."),
        column("caption", pa.string(), "Its caption: the prompt, the text beside the file, or automatic words."),
        column("origin", pa.string(), "Where the caption is from: prompt, human, or the model of its words."),
        column("parent", pa.string(), "Scene or file it was taken from; null if drawn.", nullable=True),
        column("seed", pa.int64(), "Seed of a drawn picture; null of others.", nullable=True),
        column("width_px", pa.int32(), "Width."),
        column("height_px", pa.int32(), "Height."),
        column("image", pa.binary(), "The picture, PNG if drawn, else JPEG, RGB."),
    ]
)

SKIPPED = pa.schema(
    [
        column("file", pa.string(), "Key: a file of the source, as seen from its folder."),
        column("problem", pa.string(), "Why it is no class picture."),
    ]
)
"""Files that could not be read, where `regularize.allow_partial` lets them pass."""
