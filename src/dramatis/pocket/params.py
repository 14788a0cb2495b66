"""Parameters of the pocket Stable Diffusion (`models/pocket/params.yaml`)."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from dramatis.core.params import Params

POCKET_PARAMS = Path("models/pocket/params.yaml")

Precision = Annotated[
    Literal["fp32", "bf16"], Field(description="bf16: matrix products in bfloat16, weights in float32.")
]


class BankParams(Params):
    """The drawn pictures that the autoencoder and the UNet learn from."""

    seed: int = Field(ge=0, description="Seed of the pictures; used with the name `pocket`, so never a film's.")
    pictures: int = Field(ge=64, description="Pictures of people whom nobody knows.")
    known_pictures: int = Field(ge=0, description="Pictures of the people whom the base is to know by name.")


class StrangersParams(Params):
    """The people whom previews are compared with beside the cast."""

    seed: int = Field(ge=0, description="Seed of the people; used with the name `pocket`, so never a film's.")
    count: int = Field(ge=1, le=999, description="People, one picture each.")


class LoopParams(Params):
    """What every pocket training has in common."""

    seed: int = Field(ge=0, description="Seed of weights, batches and noise.")
    threads: int = Field(ge=1, le=64, description="CPU threads; part of the recipe, other counts give other bits.")
    steps: int = Field(ge=1, description="Optimizer steps.")
    batch: int = Field(ge=1, description="Pictures a step.")
    lr: float = Field(gt=0, le=0.1, description="Highest learning rate.")
    warm_up: int = Field(ge=0, description="Steps in which the rate rises from 0 to `lr`.")
    ema: float = Field(ge=0, lt=1, description="Decay of the averaged weights, the ones that are exported.")
    max_grad_norm: float = Field(gt=0, description="Gradients are clipped to this norm.")
    checkpoint_every: int = Field(ge=1, description="Steps between two checkpoints that a killed run resumes from.")


class VaeParams(LoopParams):
    """The autoencoder: 64 px pictures to latents of a quarter of the side."""

    widths: tuple[int, ...] = Field(min_length=2, description="Channels of levels; all but the first halve the side.")
    latent_channels: int = Field(ge=1, le=32, description="Channels of a latent.")
    crop_px: int = Field(ge=16, le=64, description="Side of the crops that the first steps see [px].")
    crop_share: float = Field(ge=0, le=1, description="Share of the steps on crops; the rest sees whole pictures.")
    face_weight: float = Field(ge=1, description="Weight of the loss inside a face; 1 is the rest of the picture.")
    edge_weight: float = Field(ge=0, description="Weight of the difference of neighbouring pixels.")
    square_weight: float = Field(ge=0, description="Weight of the squared error beside the absolute one.")
    kl_weight: float = Field(ge=0, description="Weight of the divergence of the latents from a unit normal.")


class UnetParams(LoopParams):
    """The text encoder and the UNet, trained together on latents."""

    widths: tuple[int, ...] = Field(min_length=2, description="Channels of each level of the UNet.")
    attention: tuple[bool, ...] = Field(description="Which levels attend to the text.")
    layers: int = Field(ge=1, le=4, description="Residual blocks a level.")
    head_width: int = Field(ge=4, description="Channels of one attention head.")
    text_width: int = Field(ge=16, description="Width of the text encoder.")
    text_layers: int = Field(ge=1, description="Layers of the text encoder.")
    tokens: int = Field(ge=8, le=77, description="Longest prompt with its start and end [tokens].")
    caption_dropout: float = Field(ge=0, lt=1, description="Share of empty prompts, for guidance.")
    min_snr: float = Field(gt=0, description="Limit of signal-to-noise ratio + 1 (arXiv 2303.09556).")
    face_weight: float = Field(ge=1, description="Weight of the loss inside a face; 1 is the rest of the picture.")
    precision: Precision
    export_every: int = Field(ge=1, description="Checkpoints between two exports of the averaged weights.")
