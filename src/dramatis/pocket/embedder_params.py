"""Parameters of the pocket embedders (`models/pocket/params.yaml`: `embedder` and `judge`)."""

from pydantic import Field, model_validator

from dramatis.pocket.params import LoopParams, Precision


class EmbedderParams(LoopParams):
    """An embedder: near vectors for pictures of one character, far ones for others."""

    precision: Precision
    size_px: int = Field(ge=32, le=384, description="Side of its input [px].")
    width: int = Field(ge=8, le=1024, description="Length of a vector.")
    widths: tuple[int, ...] = Field(min_length=2, description="Channels of each level.")
    blocks: tuple[int, ...] = Field(min_length=2, description="Residual blocks of each level.")
    views: int = Field(ge=2, description="Pictures of each character in a batch.")
    look_alikes: float = Field(ge=0, le=0.5, description="Share of a batch's characters that are another's look-alike.")
    resembled: float = Field(ge=0, le=0.5, description="Share of a batch's characters that share looks with another.")
    temperature: float = Field(gt=0, le=1, description="Temperature of the contrastive loss.")
    reconstructed: int = Field(ge=0, description="Pictures of a batch that the autoencoder encoded and decoded.")
    denoised: int = Field(ge=0, description="Pictures of a batch that were noised and denoised in one step.")
    noise_steps: tuple[int, int] = Field(description="Weakest and strongest noise of those [scheduler steps of 1000].")
    held_out: int = Field(ge=2, description="Casts of the measurement: each eight characters, two of them look-alikes.")

    @model_validator(mode="after")
    def _fits(self) -> "EmbedderParams":
        if self.batch % self.views:
            raise ValueError(f"batch {self.batch} must be a multiple of views {self.views}")
        if self.reconstructed + self.denoised > self.batch:
            raise ValueError("reconstructed and denoised together must be at most batch")
        if self.look_alikes + self.resembled > 2 / 3:
            raise ValueError("look_alikes and resembled together must be at most 2/3: all are made from the rest")
        if not 0 <= self.noise_steps[0] < self.noise_steps[1] <= 1000:
            raise ValueError("noise_steps must rise, from 0 on, to 1000 at the most")
        return self
