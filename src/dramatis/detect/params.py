"""Parameters of stage `detect`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from dramatis.core.params import Params

Share = Annotated[float, Field(ge=0, le=1)]


class MinScore(Params):
    """Smallest confidence that counts, by kind of box."""

    face: Share
    head: Share
    halfbody: Share
    person: Share


class TrackParams(Params):
    """When two figures of neighbouring frames of a shot are the same person."""

    max_motion: float = Field(
        gt=0,
        le=1,
        description="Allowed change of the head box, (1 - generalised IoU) / 2: 0 "
        "for the same box, 0.5 for touching boxes [0..1]. The more of it is used up, the more "
        "alike the figures must look.",
    )
    max_appearance: float = Field(
        gt=0, le=1, description="Allowed Bhattacharyya distance of the head's colours: 0 for the same colours [0..1]."
    )
    min_margin: float = Field(
        ge=0,
        le=1,
        description="How much worse, as a share of what is allowed, the next best "
        "link must be; else the track ends, rather than join two people.",
    )
    max_gap: int = Field(ge=0, le=100, description="Frames in a row in which a figure may be missing.")


class DetectParams(Params):
    """Which detector looks at the frames, and how its boxes become figures and tracks."""

    backend: Literal["lbp_anime", "yolo_onnx", "yunet"] = Field(description="File in src/dramatis/backends/detect.")
    weights: Path = Field(description="Model file, or folder with one (yunet) or several (yolo_onnx).")
    min_score: MinScore = Field(description="Smallest confidence that counts, by kind of box [0..1].")
    max_iou: Share = Field(description="Of two boxes of a kind that overlap by more, the more confident stays [0..1].")
    input_px: int | None = Field(
        ge=64,
        le=8192,
        description="Longest side of the frame as the detector sees it [px]; "
        "null for the model's own (yolo_onnx) or the frame's (yunet).",
    )
    min_cover: Share = Field(
        description="Share of a face (head, half body) that lies in its head (half body, person) [0..1]."
    )
    tracks: TrackParams
    workers: int = Field(ge=1, le=256, description="Processes; the results are the same with any number.")
