"""Parameters of stage `quality`: what a face must have to be used."""

from typing import Annotated

from pydantic import Field, model_validator

from dramatis.core.params import Params

Share = Annotated[float, Field(ge=0, le=1)]


class QualityParams(Params):
    """The rules, in the order in which they are tried."""

    min_size_px: int = Field(ge=1, le=4096, description="Shorter side of the face box [px].")
    min_sharpness: Share = Field(description="1 / (1 + blur radius in px): 0.5 at 1 px, 0.33 at 2 px, 0.25 at 3 px.")
    min_luma: Share = Field(description="Mean brightness of the face.")
    max_luma: Share = Field(description="Mean brightness of the face.")
    min_contrast: Share = Field(description="Standard deviation of its brightness.")
    max_clipped: Share = Field(description="Share of its pixels at the ends of the range.")
    max_truncation: Share = Field(description="Share of the head outside the frame.")
    max_occlusion: Share = Field(description="Share of the face under faces and heads of others.")
    max_yaw: Share = Field(description="Turn of the head to either side, 0 from the front, 1 in profile.")

    @model_validator(mode="after")
    def _some_luma_is_allowed(self) -> "QualityParams":
        if self.min_luma > self.max_luma:
            raise ValueError(f"min_luma {self.min_luma} is above max_luma {self.max_luma}, so no face would be kept")
        return self
