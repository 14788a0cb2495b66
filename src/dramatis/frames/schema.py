"""Tables of stage `frames`."""

import pyarrow as pa

from dramatis.core.tables import column

PRINTS_PER_S = 4
"""Rows of `PRINTS` in a second of a video."""

FRAMES = pa.schema(
    [
        column("frame_id", pa.string(), "Key: `<video>-<index:06d>`."),
        column("video", pa.string(), "Id of the video, or of another source."),
        column("index", pa.int32(), "Number of the decoded frame in a video, or of the picture in its source, from 0."),
        column(
            "pts_s",
            pa.float64(),
            "Presentation time from the start of the file, as players count it; of pictures the index [s].",
        ),
        column("time_code", pa.string(), "The same as `HH:MM:SS.mmm`."),
        column("shot", pa.int32(), "Number of the shot, from 0; each picture file is a shot of its own."),
        column("phash", pa.string(), "64-bit perceptual hash, 16 hex digits."),
        column("sharpness", pa.float32(), "90th percentile over tiles of the Laplacian's variance; higher is sharper."),
        column("width_px", pa.int32(), "Width of the picture."),
        column("height_px", pa.int32(), "Height of the picture."),
        column(
            "flag",
            pa.string(),
            "What is unusual: dissolve (a mix of two shots; kept only where a shot has no other), else text (title "
            "card or page), else monochrome (no colour, or shades of one tint); null if nothing. For people who look "
            "through the frames; no stage reads it, nothing is left out for it.",
            nullable=True,
        ),
        column(
            "file",
            pa.string(),
            "Path of the picture inside its source; `<file>#<row>` of a dataset; null for video.",
            nullable=True,
        ),
        column(
            "folder",
            pa.string(),
            "Folder of the picture inside its source (class, of a dataset), a hint of who it shows; null for video.",
            nullable=True,
        ),
        column("image", pa.binary(), "The picture, JPEG, RGB, upright, square pixels."),
    ]
)

SHOTS = pa.schema(
    [
        column("shot_id", pa.string(), "Key: `<video>-<shot:04d>`."),
        column("video", pa.string(), "Id of the video."),
        column("shot", pa.int32(), "Number of the shot, from 0."),
        column("start_frame", pa.int32(), "First decoded frame."),
        column("end_frame", pa.int32(), "Frame after the last."),
        column("start_s", pa.float64(), "Time of the first frame [s]."),
        column("end_s", pa.float64(), "Time at which the shot ends [s]."),
        column(
            "transition",
            pa.string(),
            "How it begins: start, cut, fade (from black) or dissolve; picture if the source is pictures.",
        ),
        column(
            "from_s",
            pa.float64(),
            "When the fade or dissolve sets in, in the shot before: its last clean frame; null for others [s].",
            nullable=True,
        ),
        column("to_s", pa.float64(), "When it has ended: the first clean frame; null for others [s].", nullable=True),
        column(
            "kept",
            pa.int32(),
            "Frames of it in the frame table; 0 for a copy of an earlier picture, or a shot without a key frame.",
        ),
    ]
)

PRINTS = pa.schema(
    [
        column("print_id", pa.string(), "Key: `<video>-<index:06d>`."),
        column("video", pa.string(), "Id of the video, or of another source."),
        column("index", pa.int32(), "Number of the decoded frame, or of the picture: four a second, kept or not."),
        column("pts_s", pa.float64(), "Its time; of pictures the index [s]."),
        column("phash", pa.string(), "64-bit perceptual hash of its brightness, reduced to 80 by 45; 16 hex digits."),
        column("contrast", pa.float32(), "Standard deviation of that brightness [0..1]."),
    ]
)
