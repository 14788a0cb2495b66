"""Table of stage `augment`: pictures made from crops. They go into training only, never into validation."""

import pyarrow as pa

from dramatis.core.tables import column

AUGMENTED = pa.schema(
    [
        column("picture_id", pa.string(), "Key: `<crop_id>-<variant>`."),
        column("crop_id", pa.string(), "Crop it was made from."),
        column("variant", pa.string(), "`exposure-<n>`."),
        column("exposure_ev", pa.float32(), "Change of exposure [EV]."),
        column("contrast", pa.float32(), "Factor of contrast about mid-grey, in linear light."),
        column("caption", pa.string(), "Caption of the crop with the variant's tag."),
        column("image", pa.binary(), "The picture, PNG, RGB."),
    ]
)
