"""Tables of stage `frames`."""

import pyarrow as pa

from dramatis.core.tables import column

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
            "What is unusual: text (title card or page), else monochrome (no colour, or shades of one tint); null if "
            "nothing. For people who look through the frames; no stage reads it, nothing is left out for it.",
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
        column("transition", pa.string(), "How it begins: start, cut or fade; picture if the source is pictures."),
        column(
            "kept",
            pa.int32(),
            "Frames of it in the frame table; 0 for a copy of an earlier picture.",
        ),
    ]
)
