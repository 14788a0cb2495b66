"""Table of stage `augment`: crops of the training split in other light, or mirrored."""

import pyarrow as pa

from dramatis.core.tables import column

AUGMENTED = pa.schema(
    [
        column("picture_id", pa.string(), "Key: `<crop_id>-exposure-<n>`, or `<crop_id>-flip`."),
        column("crop_id", pa.string(), "Crop it was made from."),
        column("exposure_ev", pa.float32(), "Change of exposure [EV]."),
        column("contrast", pa.float32(), "Contrast: power of the light about mid-grey."),
        column("flipped", pa.bool_(), "True if left and right are exchanged."),
        column("word", pa.string(), "What its caption says of the light; null for nothing.", nullable=True),
        column("image", pa.binary(), "The picture, PNG, RGB, of the size of its crop."),
    ]
)
