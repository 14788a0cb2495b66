"""Pictures as the pocket Stable Diffusion would draw them, so that the judge knows its softness."""

from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer

from dramatis.core.errors import InputError, MissingError
from dramatis.core.images import Image
from dramatis.pocket.embedder_params import EmbedderParams
from dramatis.pocket.pictures import Picture, caption
from dramatis.pocket.vae import as_images, as_tensor


class Generator:
    """A diffusers folder of which single steps are used: encode, denoise once, decode."""

    def __init__(self, folder: Path, params: EmbedderParams):
        if not (folder / "vae").is_dir():
            raise MissingError(
                str(folder), "there is no Stable Diffusion in this folder", "Train it first: models/pocket/dvc.yaml"
            )
        self._denoised = params.denoised / max(params.reconstructed + params.denoised, 1)
        self._noise_steps = params.noise_steps
        self._vae = AutoencoderKL.from_pretrained(folder / "vae").eval()
        if params.denoised:
            scheduler = DDIMScheduler.from_pretrained(folder / "scheduler")
            if scheduler.config.prediction_type != "v_prediction":
                raise InputError(
                    str(folder / "scheduler"),
                    f"predicts {scheduler.config.prediction_type}",
                    "Use one with v_prediction",
                )
            self._signal = scheduler.alphas_cumprod
            self._unet = UNet2DConditionModel.from_pretrained(folder / "unet").eval()
            self._text = CLIPTextModel.from_pretrained(folder / "text_encoder").eval()
            self._tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")

    @torch.no_grad()
    def regenerate(self, drawn: list[Picture], rng: np.random.Generator) -> list[Image]:
        """Pictures of 64 px after the autoencoder, the first of them noised and denoised in one step as well."""
        scale = self._vae.config.scaling_factor
        images = as_tensor(np.stack([picture.image for picture in drawn]))
        latents = self._vae.encode(images).latent_dist.mean * scale
        count = round(len(drawn) * self._denoised)
        if count:
            captions = [caption(picture.tags, rng) for picture in drawn[:count]]
            latents[:count] = self._denoise(latents[:count], captions, rng)
        return list(as_images(self._vae.decode(latents / scale).sample))

    def _denoise(self, latents: Tensor, captions: list[str], rng: np.random.Generator) -> Tensor:
        """The clean latents that the UNet sees behind noise: x0 = √ā z − √(1 − ā) v (Salimans and Ho 2022)."""
        tokens = self._tokenizer(
            captions,
            padding="max_length",
            truncation=True,
            return_tensors="pt",
            max_length=self._text.config.max_position_embeddings,
        )
        times = torch.from_numpy(rng.integers(*self._noise_steps, size=len(latents)))
        noise = torch.from_numpy(rng.standard_normal(latents.shape, np.float32))
        signal = self._signal[times].view(-1, 1, 1, 1)
        noisy = signal.sqrt() * latents + (1 - signal).sqrt() * noise
        told = self._text(tokens.input_ids).last_hidden_state
        return signal.sqrt() * noisy - (1 - signal).sqrt() * self._unet(noisy, times, told).sample
