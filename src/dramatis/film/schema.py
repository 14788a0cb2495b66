"""Tables of the film's truth: only `measure` may read them."""

import pyarrow as pa

from dramatis.core.tables import BOX, column

SHOTS = pa.schema(
    [
        column("shot_id", pa.string(), "Key: `<video>-<shot:04d>`."),
        column("video", pa.string(), "Id of the episode."),
        column("shot", pa.int32(), "Number of the shot in the episode, from 0."),
        column("start_frame", pa.int32(), "First frame."),
        column("end_frame", pa.int32(), "Frame after the last."),
        column(
            "kind",
            pa.string(),
            "What is special: plain, fade, pan, still, blur, dark, two, profile, back, empty, poster or crowd.",
        ),
    ]
)

FIGURES = pa.schema(
    [
        column("figure_id", pa.string(), "Key: `<video>-<frame:06d>-<figure:02d>`."),
        column("video", pa.string(), "Id of the episode."),
        column("frame", pa.int32(), "Frame number, from 0."),
        column("shot", pa.int32(), "Number of the shot."),
        column(
            "character", pa.string(), "Name; `extra-<n>` for somebody who is nobody; `poster` for a face on a wall."
        ),
        column("face", BOX, "Brow to chin, cheek to cheek [px]; null from behind or outside the frame.", nullable=True),
        column("head", BOX, "Head with hair [px].", nullable=True),
        column("halfbody", BOX, "Head to waist [px].", nullable=True),
        column("person", BOX, "Whole figure inside the frame [px].", nullable=True),
        column("pose", pa.string(), "front, three-quarter, profile or back."),
        column("yaw", pa.float32(), "Turn of the head, -1 (left profile) to 1 (right profile)."),
        column("occlusion", pa.float32(), "Share of the face hidden by others or the frame's edge [0..1]."),
        column("blur_px", pa.float32(), "Length of the motion blur or radius of the defocus [px]."),
        column("luma", pa.float32(), "Brightness factor of the shot (1 is plain)."),
        column("outfit", pa.string(), "Outfit worn."),
        column(
            "landmarks",
            pa.list_(pa.float32(), 136),
            "68 points x, y of the face in the order of iBUG 300-W, also outside the frame [px]; null from behind.",
            nullable=True,
        ),
    ]
)

DRAWINGS = pa.schema(
    [
        column("drawing_id", pa.string(), "Key: `<video>-<frame:06d>`."),
        column("video", pa.string(), "Id of the episode."),
        column("frame", pa.int32(), "Frame number, from 0."),
        column("drawing", pa.int32(), "Frames with the same number show the same drawing (duplicates)."),
    ]
)
