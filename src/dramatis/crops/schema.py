"""Table of stage `crops`: one row per picture cut from a frame."""

import pyarrow as pa

from dramatis.core.tables import BOX, column

STAGES = ("full", "upper", "head")

CROPS = pa.schema(
    [
        column("crop_id", pa.string(), "Key: `<figure_id>-<stage>`."),
        column("figure_id", pa.string(), "The person it shows."),
        column("frame_id", pa.string(), "Frame it was cut from."),
        column("video", pa.string(), "Id of the video."),
        column("shot", pa.int32(), "Number of the shot."),
        column("track_id", pa.string(), "Track of the person."),
        column("time_code", pa.string(), "Time of the frame in the video, `HH:MM:SS.mmm`."),
        column("character", pa.string(), "Key of the character."),
        column("outfit", pa.string(), "Outfit of the character (stage `outfit`); null without one.", nullable=True),
        column("outfit_name", pa.string(), "Its name from `cast.yaml`; null without one.", nullable=True),
        column("others", pa.list_(pa.string()), "Keys of the named others in the crop, left to right."),
        column("people", pa.int32(), "People whose face lies in the crop, named or not, the character included."),
        column("stage", pa.string(), "full, upper or head."),
        column("box", BOX, "Half-open box in the frame [px]."),
        column("face", BOX, "Box of the character's face in the crop [px]."),
        column("fallback", pa.bool_(), "True if the box was worked out from the face by fixed proportions."),
        column("cut_off", pa.bool_(), "True if the figure goes on below the frame, so that no crop shows it whole."),
        column("width_px", pa.int32(), "Width of the crop."),
        column("height_px", pa.int32(), "Height of the crop."),
        column("sharpness", pa.float32(), "Sharpness of its face (stage `quality`)."),
        column(
            "rejected_by",
            pa.string(),
            "First rule that failed: `quality:<rule>`, the name of a parameter, "
            "`same_as_<stage>` or `near_duplicate`; null if kept.",
            nullable=True,
        ),
        column("image", pa.binary(), "The picture, PNG, RGB; empty if rejected."),
    ]
)
