"""Draws pictures: DDIM under classifier-free guidance, each picture from its own seed."""
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline

from dramatis.core.errors import MissingError
from dramatis.core.images import Image
from dramatis.diffusion.prompts import encode

WEIGHTS = "pytorch_lora_weights.safetensors"


def fuse(pipeline: StableDiffusionPipeline, folder: Path) -> None:
    """Adds the adapter in `folder` to the weights of a pipeline for good: it then draws as fast as the bare base.

    Fusing and taking out again would leave rounding behind, so load a fresh pipeline for each adapter.

    Raises:
        MissingError: the folder holds no adapter.
    """
    if not (folder / WEIGHTS).is_file():
        raise MissingError(str(folder / WEIGHTS), "there is no such adapter", "Run `dvc repro train` first")
    pipeline.load_lora_weights(str(folder), weight_name=WEIGHTS)
    pipeline.fuse_lora()
    pipeline.unload_lora_weights()


@torch.no_grad()
def sample(
    pipeline: StableDiffusionPipeline,
    prompts: Sequence[str],
    seeds: Sequence[int],
    *,
    steps: int,
    guidance: float,
    batch_size: int,
    clip_skip: int | None = None,
    negative: str = "",
) -> Iterator[Image]:
    """Yields one RGB picture per prompt, at the base's own size.

    Args:
        pipeline: from `load_pipeline`.
        prompts: one text per picture.
        seeds: one seed per picture; the same seed gives the same noise whatever else is in the batch.
        steps: DDIM steps.
        guidance: scale of classifier-free guidance; 1 is none.
        batch_size: pictures drawn at once.
        clip_skip: as for `encode`.
        negative: text to steer away from.
    """
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    for start in range(0, len(prompts), batch_size):
        texts = list(prompts[start : start + batch_size])
        noise = [torch.Generator().manual_seed(seed) for seed in seeds[start : start + batch_size]]
        pictures = pipeline(
            prompt_embeds=encode(pipeline.tokenizer, pipeline.text_encoder, texts, clip_skip),
            negative_prompt_embeds=encode(pipeline.tokenizer, pipeline.text_encoder, [negative], clip_skip).expand(
                len(texts), -1, -1
            ),
            generator=noise,
            num_inference_steps=steps,
            guidance_scale=guidance,
            output_type="np",
        ).images  # (B, H, W, 3), 0..1
        yield from np.round(pictures * 255).astype(np.uint8)
