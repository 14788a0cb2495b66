"""Parameters of stage `embed`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from dramatis.core.params import Params

Factor = Annotated[float, Field(ge=0.5, le=4)]


class Expand(Params):
    """Factor by which a box grows about its centre before it is cut out, by kind."""

    face: Factor
    head: Factor
    person: Factor


class EmbedParams(Params):
    """Which model says who somebody is, and what of the person it looks at."""

    backend: Literal["arcface_onnx", "ccip_onnx", "deepface", "fused"] = Field(
        description="File in src/dramatis/backends/embed."
    )
    weights: Path = Field(description="Model file, or folder with one, and with metrics.json for its threshold.")
    threshold: float | None = Field(
        ge=0,
        le=1,
        description="Largest difference (1 - cosine) / 2 that is the same "
        "person [0..1]; null for the value in metrics.json beside the model.",
    )
    crop: Literal["face", "head", "person"] = Field(
        description="What ccip_onnx looks at; a figure without such a box is looked at by its face."
    )
    expand: Expand = Field(description="Growth of the box that ccip_onnx looks at.")
    normalisation: Literal["imagenet", "arcface"] = Field(
        description="How the model of arcface_onnx was trained: ImageNet's mean and deviation, or (x - 127.5) / 127.5."
    )
    batch_size: int = Field(
        ge=1,
        le=1024,
        description="Faces that go through the model together, where it takes more than one. On a CPU 1 is as fast.",
    )
    providers: tuple[str, ...] = Field(
        min_length=1,
        description="What onnxruntime runs the model on, the first wanted most, such as CUDAExecutionProvider.",
    )
    workers: int = Field(ge=1, le=256, description="Processes; the results are the same with any number.")
