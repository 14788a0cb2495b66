"""Columns of the Hugging Face dataset: `train.parquet`, `validation.parquet`, `regularization.parquet`."""

import pyarrow as pa

from dramatis.core.tables import BOX, column

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
"""What `datasets.Image` stores; the file's metadata declares the feature, so `load_dataset` gives pictures."""

DATASET = pa.schema(
    [
        column("id", pa.string(), "Key: a crop, an augmented picture or a regularization picture."),
        column("image", IMAGE, "The picture (PNG bytes)."),
        column("caption", pa.string(), "Text to train with."),
        column("character", pa.string(), "Key of the character; null for regularization.", nullable=True),
        column("trigger", pa.string(), "Trigger word; null for regularization.", nullable=True),
        column("outfit", pa.string(), "Outfit that the character wears; null if not known.", nullable=True),
        column("outfit_name", pa.string(), "Its name from `cast.yaml`; null without one.", nullable=True),
        column("others", pa.list_(pa.string()), "Keys of the named others in the picture."),
        column("stage", pa.string(), "full, upper, head or regularization."),
        column("origin", pa.string(), "crop, augment or regularize."),
        column("face", BOX, "Box of the character's face in the picture [px]; null for regularization.", nullable=True),
        column("crop_id", pa.string(), "Crop behind it; null for regularization.", nullable=True),
        column("frame_id", pa.string(), "Frame behind it; null for regularization.", nullable=True),
        column("time_code", pa.string(), "Time of that frame; null for regularization.", nullable=True),
        column("video", pa.string(), "Video behind it; null for regularization.", nullable=True),
        column("shot", pa.int32(), "Shot behind it; null for regularization.", nullable=True),
        column("width_px", pa.int32(), "Width."),
        column("height_px", pa.int32(), "Height."),
        column("bucket", pa.string(), "Aspect bucket, `<width>x<height>` of the training resolution."),
        column("weight", pa.float32(), "How often it counts against others of the same split."),
    ]
)

LEFT_OUT = pa.schema(
    [
        column("crop_id", pa.string(), "Key: a crop that is in no split."),
        column("character", pa.string(), "Key of the character."),
        column("stage", pa.string(), "full, upper or head."),
        column(
            "reason",
            pa.string(),
            "`rejected_by` of the crop; or `near_validation`, it nearly repeats a held-out one; or `copy`, an earlier "
            "source has the same picture.",
        ),
    ]
)
"""Beside the splits, in `left_out.parquet`."""
