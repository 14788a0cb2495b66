"""Parameters of stage `measure`."""

from pydantic import Field

from dramatis.core.params import Params


class MeasureParams(Params):
    """Which faces of the truth count, and what counts as found."""

    min_iou: float = Field(gt=0, lt=1, description="Least overlap of a detection with a true face [IoU].")
    min_face_px: int = Field(ge=8, description="Faces whose shorter side is smaller are not asked for [px].")
    max_occlusion: float = Field(ge=0, le=1, description="Faces hidden by more are not asked for [0..1].")
    min_light: float = Field(ge=0, le=1, description="Faces in less light (a fade) are not asked for; 1 is plain.")
