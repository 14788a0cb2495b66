"""Parameters of stage `detect`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

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


class IdentityParams(Params):
    """When pieces of tracks are one person, by the vectors of the project's embedder (section `embed`)."""

    samples: int = Field(
        ge=2, le=64, description="Faces of a piece, evenly spread over it, at which the embedder looks."
    )
    max_difference: float = Field(
        ge=0,
        le=3,
        description="Largest difference of two pieces of one person, in units of the embedder's threshold; 0 joins "
        "nothing [thresholds].",
    )
    max_absent_s: float = Field(
        ge=0, le=60, description="Longest time for which somebody may be hidden and be taken up again [s]."
    )
    min_margin: float = Field(
        ge=0,
        le=1,
        description="How much less alike, as a share of `max_difference`, a rival must be; else the pieces stay apart.",
    )
    check: float = Field(
        ge=0,
        le=1,
        description="A link that uses up more than this share of what motion and colours allow is checked [0..1].",
    )
    split: float = Field(
        gt=0,
        le=10,
        description="Such a link is cut if the means of the two faces before and after differ by more than this, and "
        "no face before is the same person as one after [thresholds].",
    )


class AlsoParams(Params):
    """One more detector, whose boxes are merged with those of the first."""

    backend: Literal["deepface", "lbp_anime", "yolo_onnx", "yunet"] = Field(
        description="File in src/dramatis/backends/detect."
    )
    weights: Path = Field(description="Model file or folder, inside the folder `detect.weights`, which DVC watches.")
    min_score: dict[Literal["face", "head", "halfbody", "person"], Share] = Field(
        min_length=1, description="Smallest confidence that counts, of each kind of box that is wanted of it [0..1]."
    )
    max_iou: Share = Field(description="Of two of its boxes that overlap by more, the more confident stays [0..1].")
    input_px: int | None = Field(ge=64, le=8192, description="As of the first detector [px].")

    @model_validator(mode="after")
    def _finds_faces(self) -> "AlsoParams":
        if self.backend != "yolo_onnx" and set(self.min_score) != {"face"}:
            raise ValueError(f"{self.backend} finds faces only: min_score must hold `face` and nothing else")
        return self


class DetectParams(Params):
    """Which detector looks at the frames, and how its boxes become figures and tracks."""

    backend: Literal["deepface", "lbp_anime", "yolo_onnx", "yunet"] = Field(
        description="File in src/dramatis/backends/detect."
    )
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
    identity: IdentityParams
    batch_size: int = Field(
        ge=1,
        le=256,
        description="Frames that go through the model together, where it takes more than one. On a CPU 1 is as fast.",
    )
    providers: tuple[str, ...] = Field(
        min_length=1,
        description="What onnxruntime runs the models on, the first wanted most, such as CUDAExecutionProvider. "
        "Only yolo_onnx can run on anything else than the CPU.",
    )
    same_iou: Share = Field(description="Boxes of two detectors that overlap by more are the same thing [0..1].")
    also: tuple[AlsoParams, ...] = Field(
        description="More detectors for the same frames, such as yunet for small faces; usually none."
    )
    workers: int = Field(ge=1, le=256, description="Processes; the results are the same with any number.")

    @model_validator(mode="after")
    def _watched(self) -> "DetectParams":
        for other in self.also:
            if self.weights not in other.weights.parents:
                raise ValueError(
                    f"also: {other.weights} must lie inside the folder `weights` ({self.weights}), which DVC watches"
                )
        return self
