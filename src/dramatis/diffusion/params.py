"""Parameters of drawing, shared by the stages that draw."""

from typing import Annotated, Literal

from pydantic import Field

from dramatis.core.params import Params

Sampler = Literal[
    "ddim",
    "dpm2",
    "dpmpp_2m",
    "dpmpp_2m_karras",
    "dpmpp_2m_sde",
    "dpmpp_2m_sde_karras",
    "euler",
    "euler_a",
    "euler_karras",
    "heun",
    "pndm",
    "unipc",
]
"""How noise becomes a picture: names as other programs have them; `diffusion.samplers` says what stands behind."""

Side = Annotated[int, Field(ge=16, le=4096, multiple_of=8)]
"""Width or height of a drawn picture [px]."""


class DrawingParams(Params):
    """How pictures are drawn."""

    sampler: Sampler = Field("ddim", description="How noise becomes a picture.")
    steps: int = Field(ge=1, le=1000, description="Steps of the sampler; dpm2 and heun look twice in each.")
    guidance: float = Field(ge=1, description="Scale of classifier-free guidance; 1 is none.")
    negative: str = Field(description="Text to steer away from; may be empty.")
    width_px: Side | None = Field(None, description="Width; null is the base's own.")
    height_px: Side | None = Field(None, description="Height; null is the base's own.")
    batch_size: int = Field(ge=1, description="Pictures drawn at once; part of the recipe, as it changes rounding.")
    precision: Literal["fp32", "bf16"] = Field(
        description="Of UNet and text encoders; noise and autoencoder are fp32. CPU: fp32."
    )
    device: Literal["cpu", "cuda"] = Field(description="Where to draw.")
    threads: int = Field(ge=1, description="CPU threads; part of the recipe likewise.")
