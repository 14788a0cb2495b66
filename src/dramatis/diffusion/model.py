"""A base model with all that training and drawing need of it, whichever family it is of."""

from typing import NamedTuple

import torch
from diffusers import DDPMScheduler, StableDiffusionPipeline

from dramatis.diffusion.load import load_pipeline
from dramatis.diffusion.prompts import encode


class Conditioning(NamedTuple):
    """What the texts of a batch say to the UNet."""

    hidden: torch.Tensor
    """Hidden states of the text encoders, shape (B, T, D)."""
    pooled: torch.Tensor | None
    """SDXL: pooled output of the second encoder, shape (B, P)."""


class Model:
    """A pipeline of diffusers, read in one way."""

    def __init__(self, pipeline: StableDiffusionPipeline, clip_skip: int | None = None):
        self.pipeline, self.clip_skip = pipeline, clip_skip
        self.scheduler = DDPMScheduler.from_config(pipeline.scheduler.config)

    @property
    def device(self) -> torch.device:
        """Where it is."""
        return self.pipeline.device

    def parts(self) -> dict[str, torch.nn.Module]:
        """UNet and text encoders by the names that diffusers gives them."""
        return {"unet": self.pipeline.unet, "text_encoder": self.pipeline.text_encoder}

    def encode(self, texts: list[str], tokens: int = 75) -> Conditioning:
        """Conditioning of texts, of which `tokens` (75, 150, 225) are read."""
        pipeline = self.pipeline
        return Conditioning(encode(pipeline.tokenizer, pipeline.text_encoder, texts, self.clip_skip), None)

    def denoise(
        self,
        noisy: torch.Tensor,
        t: torch.Tensor,
        conditioning: Conditioning,
        time_ids: torch.Tensor | None = None,
        **residuals,
    ) -> torch.Tensor:
        """What the UNet predicts, shape of `noisy`.

        Args:
            noisy: scaled latents with noise, shape (B, C, H, W).
            t: timesteps, shape (B,).
            conditioning: of B texts.
            time_ids: SDXL: original height and width, top and left of the cut, target height and width [px], (B, 6).
            residuals: of a ControlNet, as the UNet takes them.
        """
        return self.pipeline.unet(noisy, t, conditioning.hidden, **residuals).sample


def load_model(base: str, device: str = "cpu", precision: str = "fp32", clip_skip: int | None = None) -> Model:
    """The base as a `Model`; arguments and errors as for `load_pipeline`."""
    return Model(load_pipeline(base, device, precision), clip_skip)
