"""Parameters of stage `landmark`."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from dramatis.core.params import Params


class LandmarkParams(Params):
    """Which model finds the points of a face, and when they say where its head looks."""

    backend: Literal["heatmap_onnx", "openseeface", "points_onnx"] | None = Field(
        description="File in src/dramatis/backends/landmarks; null: none, poses come from the detector's five points."
    )
    weights: Path = Field(description="Model file, or folder with one; not read without a backend, but must be there.")
    template: Literal["drawn", "real"] = Field(description="Mean face in space that the points are compared with.")
    min_confidence: float = Field(
        ge=0, le=1, description="Mean confidence of the points below which it is no face that can be seen."
    )
    max_residual: float = Field(
        gt=0,
        le=2,
        description="Distance of the points from those of the turned mean face above which they say no pose "
        "[distances of the eyes].",
    )
    workers: int = Field(ge=1, le=256, description="Processes; the results are the same with any number.")
