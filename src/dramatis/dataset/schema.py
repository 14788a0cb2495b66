"""Columns of the Hugging Face dataset: one schema for its configurations, and what lies beside them."""

import pyarrow as pa

from dramatis.core.tables import BOX, column

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
"""What `datasets.Image` stores; the file's metadata declares the feature, so `load_dataset` gives pictures."""

CONFIGS = ("characters", "scenes", "composites", "control", "regularization")
"""Configurations: `data/dataset/<config>/<split>/<shard>.parquet`, a shard for each video or source."""

SPLITS = ("train", "validation")
"""Splits of each configuration."""

DATASET = pa.schema(
    [
        column("id", pa.string(), "Key: a crop, variant, scene, composite, control image or class picture."),
        column("image", IMAGE, "The picture (PNG or JPEG bytes)."),
        column("caption", pa.string(), "Text to train with."),
        column("caption_origin", pa.string(), "human, prompt, or the model of its words."),
        column("character", pa.string(), "Key of the character; null where several or none are meant.", nullable=True),
        column("trigger", pa.string(), "Trigger word of that character; null without one.", nullable=True),
        column("characters", pa.list_(pa.string()), "Keys of all named people in the picture, left to right."),
        column("outfit", pa.string(), "Outfit that the character wears; null if not known.", nullable=True),
        column("outfit_name", pa.string(), "Its name from `cast.yaml`; null without one.", nullable=True),
        column("stage", pa.string(), "full, upper, head, scene or regularization."),
        column(
            "origin",
            pa.string(),
            "crop, exposure, scene, join, cutout, landmarks, canny, pose, base, frames, folder.",
        ),
        column("face", BOX, "Box of the character's face in the picture [px]; null without one.", nullable=True),
        column("keep", BOX, "What a cut must leave whole: that face, or all named faces; null without one.", True),
        column("parents", pa.list_(pa.string()), "What it was made of: crops, a scene, a file, or the frame."),
        column("frame_id", pa.string(), "Frame behind it; null of several or none.", nullable=True),
        column("time_code", pa.string(), "Time of that frame; null likewise.", nullable=True),
        column("video", pa.string(), "Video behind it; null likewise.", nullable=True),
        column("shot", pa.int32(), "Shot behind it; null likewise.", nullable=True),
        column("width_px", pa.int32(), "Width."),
        column("height_px", pa.int32(), "Height."),
        column(
            "bucket", pa.string(), "The aspect bucket nearest to it, `<width>x<height>`; training follows the plan."
        ),
        column("cut_share", pa.float32(), "Share of the picture that lies outside that bucket [0..1]."),
    ]
)
"""Nothing in it depends on other pictures, so an episode more leaves the shards of the others as they are."""

CONTROLLED = pa.schema(
    [
        *DATASET,
        column("conditioning_image", IMAGE, "The control image, of the size of `image`."),
        column("landmarks", pa.list_(pa.float32()), "68 points x, y [px], as in stage `control`; null without.", True),
        column("segmentation", IMAGE, "Which pixels are what, one channel; null without.", nullable=True),
    ]
)
"""Configuration `control`."""

PLAN = pa.schema(
    [
        column("key", pa.string(), "Key: `<config>/<id>`."),
        column("config", pa.string(), "Configuration."),
        column("id", pa.string(), "Row of its training split."),
        column("character", pa.string(), "Key of the character; null without one.", nullable=True),
        column("bucket", pa.string(), "Aspect bucket that it is trained in: the nearest that has enough pictures."),
        column("cut_share", pa.float32(), "Share of the picture that lies outside it [0..1]."),
        column(
            "per_epoch",
            pa.float32(),
            "How often the picture and its caption are seen in an epoch; 0 is never: its stage or set counts 0, or a "
            "face would be cut off.",
        ),
        column("caption", pa.string(), "The caption."),
    ]
)
"""`plan.parquet`: what training must obey."""

LEFT_OUT = pa.schema(
    [
        column("id", pa.string(), "Key: a crop, scene or class picture that is in no split."),
        column("character", pa.string(), "Key of the character; null of others.", nullable=True),
        column("stage", pa.string(), "full, upper, head, scene or regularization."),
        column(
            "reason",
            pa.string(),
            "`left_out` of stage `selection`; or held_out_shot: a class picture from a shot with held-out pictures.",
        ),
    ]
)
"""`left_out.parquet`."""
