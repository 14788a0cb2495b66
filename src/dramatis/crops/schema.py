"""Tables of stage `crops`: pictures cut from the frames of one video, and whole frames (scenes)."""

import pyarrow as pa

from dramatis.core.tables import BOX, column

STAGES = ("full", "upper", "head")

CROPS = pa.schema(
    [
        column("crop_id", pa.string(), "Key: `<figure_id>-<stage>`."),
        column("figure_id", pa.string(), "The person it shows."),
        column("detection_id", pa.string(), "The face of that person."),
        column("frame_id", pa.string(), "Frame it was cut from."),
        column("video", pa.string(), "Id of the video."),
        column("shot", pa.int32(), "Number of the shot."),
        column("track_id", pa.string(), "Track of the person."),
        column("time_code", pa.string(), "Time of the frame in the video, `HH:MM:SS.mmm`."),
        column("character", pa.string(), "Key of the character."),
        column("outfit", pa.string(), "Outfit of the character (stage `outfit`); null without one.", nullable=True),
        column("outfit_name", pa.string(), "Its name from `cast.yaml`; null without one.", nullable=True),
        column("others", pa.list_(pa.string()), "Keys of the named others that can be seen, left to right."),
        column("left", pa.int32(), "How many of `others` are to the left of the character."),
        column("people", pa.int32(), "People whose face can be seen in it, named or not, the character included."),
        column("masked", pa.int32(), "People who were in it and were painted over."),
        column("stage", pa.string(), "full, upper or head."),
        column("box", BOX, "Half-open box in the frame [px]."),
        column("scale", pa.float32(), "Side of the picture over that of the box (0..1]; nothing is enlarged."),
        column("face", BOX, "Box of the character's face in the picture [px]."),
        column("fallback", pa.bool_(), "True if the box was worked out from the face by fixed proportions."),
        column(
            "cut_off", pa.bool_(), "True if the figure goes on below the frame or a subtitle: no crop shows it whole."
        ),
        column("small", pa.bool_(), "True if the root of its area is below `crops.package_px`."),
        column("width_px", pa.int32(), "Width of the picture."),
        column("height_px", pa.int32(), "Height of the picture."),
        column("sharpness", pa.float32(), "Sharpness of its face (stage `quality`)."),
        column("luma", pa.float32(), "Mean brightness of its face [0..1] (stage `quality`)."),
        column("yaw", pa.float32(), "Turn of its head [degrees] (stage `landmark`); null if unsure.", nullable=True),
        column(
            "rejected_by",
            pa.string(),
            "First rule that failed: `quality:<rule>`, the name of a parameter, "
            "`same_as_<stage>` or `near_duplicate`; null if kept.",
            nullable=True,
        ),
        column("phash", pa.string(), "64-bit perceptual hash, 16 hex digits; null if rejected.", nullable=True),
        column("picture", pa.string(), "Hash of its pixels, the key of `captions.yaml`; null if rejected.", True),
        column("image", pa.binary(), "The picture, PNG, RGB; empty if rejected."),
    ]
)

SCENES = pa.schema(
    [
        column("scene_id", pa.string(), "Key: `<frame_id>-scene`."),
        column("frame_id", pa.string(), "Frame it shows."),
        column("video", pa.string(), "Id of the video."),
        column("shot", pa.int32(), "Number of the shot."),
        column("time_code", pa.string(), "Time of the frame in the video, `HH:MM:SS.mmm`."),
        column("characters", pa.list_(pa.string()), "Keys of the named people, left to right; may be empty."),
        column("faces", pa.list_(BOX), "Boxes of their faces in the picture [px], in the same order."),
        column("people", pa.int32(), "People whose face was found in it, named or not."),
        column("box", BOX, "Half-open box in the frame [px]: what is left without bars and subtitles."),
        column("width_px", pa.int32(), "Width of the picture."),
        column("height_px", pa.int32(), "Height of the picture."),
        column("sharpness", pa.float32(), "Sharpness of the frame (stage `frames`)."),
        column(
            "rejected_by",
            pa.string(),
            "First rule that failed: `flag:<flag>`, `quality` (faces), `named_in_shot` (nobody here, but in its shot), "
            "`near_duplicate` or the name of a parameter; null if kept.",
            nullable=True,
        ),
        column("phash", pa.string(), "64-bit perceptual hash, 16 hex digits; null if rejected.", nullable=True),
        column("picture", pa.string(), "Hash of its pixels; null if rejected.", nullable=True),
        column("image", pa.binary(), "The picture, JPEG, RGB; empty if rejected."),
    ]
)
"""Beside the crops, in `scenes.parquet`: frames with named people, and some with nobody named (class pictures)."""
