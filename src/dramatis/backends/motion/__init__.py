"""Motion: a still picture as frames of a film."""

from collections.abc import Iterator
from importlib import import_module
from typing import Literal, NamedTuple, Protocol

from pydantic import Field, model_validator

from dramatis.core.images import Image
from dramatis.core.params import Params

SECTION = "render.motion"
"""The parameters of models that move pictures, for messages."""


class MotionParams(Params):
    """How a model draws frames; the camera of `pan` reads `zoom` alone."""

    zoom: float = Field(1.12, ge=1, le=2, description="pan: how much nearer the camera comes; 1 stands still.")
    weights: str | None = Field(
        None, min_length=1, description="svd: the pipeline; animatediff: the motion adapter. Folder or hub id."
    )
    base: str | None = Field(
        None, min_length=1, description="animatediff: the SD 1.5 that the panels were drawn with. Folder or hub id."
    )
    variant: str | None = Field(None, min_length=1, description="Variant of the weights' files, such as fp16.")
    frames: int = Field(14, ge=2, le=128, description="Frames that the model draws; they go forth and back.")
    fps: float = Field(7, gt=0, le=60, description="How fast these are shown [1/s]; those in between are mixed.")
    short_px: int = Field(576, ge=16, le=2048, multiple_of=8, description="Shorter side that the model draws [px].")
    steps: int = Field(25, ge=1, le=1000, description="Steps of the sampler.")
    guidance: float = Field(3.0, ge=1, description="Scale of classifier-free guidance; 1 is none.")
    bucket: int = Field(127, ge=0, le=255, description="svd: how much moves, its motion bucket.")
    noise: float = Field(0.02, ge=0, le=1, description="svd: noise on the still; more lets it change more.")
    strength: float = Field(0.5, gt=0, le=1, description="animatediff: how much of the still is drawn anew.")
    decoded: int = Field(2, ge=1, le=128, description="Frames that the autoencoder decodes at once.")
    precision: Literal["fp32", "fp16", "bf16"] = Field("fp16", description="Of the weights. CPU: fp32.")
    device: Literal["cpu", "cuda"] = Field("cuda", description="What a model runs on.")

    @model_validator(mode="after")
    def _something_is_drawn(self) -> "MotionParams":
        if self.steps * self.strength < 1:
            raise ValueError(f"steps × strength must be at least 1, and is {self.steps * self.strength:g}")
        return self


class Still(NamedTuple):
    """A picture to set in motion.

    Attributes:
        image: RGB, of any size, with the sides of the frames in proportion.
        prompt: what it was drawn from.
        seed: of what is left to chance.
        width_px, height_px: size of the frames.
    """

    image: Image
    prompt: str
    seed: int
    width_px: int
    height_px: int


class Motion(Protocol):
    """Moves stills."""

    def frames(self, still: Still, count: int, fps: float) -> Iterator[Image]:
        """`count` RGB frames of the still's width and height, shown at `fps` [1/s], the first near to the still."""
        ...


def load_motion(backend: str, params: MotionParams) -> Motion:
    """The motion of a backend, which is the name of a file here.

    Raises:
        MissingError: weights that it needs are not named, not here and cannot be fetched.
        InputError: they are damaged or of another kind, or there is no GPU.
    """
    return import_module(f"{__name__}.{backend}").load(params)
