"""Draws pictures: DDIM under classifier-free guidance, each picture from its own seed."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from diffusers import DDIMScheduler

from dramatis.core.images import Image
from dramatis.diffusion.model import Model
from dramatis.diffusion.params import DrawingParams


@torch.no_grad()
def sample(
    model: Model,
    prompts: Sequence[str],
    seeds: Sequence[int],
    params: DrawingParams,
) -> Iterator[Image]:
    """Yields one RGB picture per prompt, at the base's own size.

    Args:
        model: base, with what is applied to it.
        prompts: one text per picture.
        seeds: one seed per picture; the same seed gives the same noise whatever else is in the batch.
        params: how to draw.
    """
    pipeline = model.pipeline
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    unwanted = model.encode([params.negative]).hidden  # (1, T, D)
    for start in range(0, len(prompts), params.batch_size):
        texts = list(prompts[start : start + params.batch_size])
        noise = [torch.Generator().manual_seed(seed) for seed in seeds[start : start + params.batch_size]]
        pictures = pipeline(
            prompt_embeds=model.encode(texts).hidden,
            negative_prompt_embeds=unwanted.expand(len(texts), -1, -1),
            generator=noise,
            num_inference_steps=params.steps,
            guidance_scale=params.guidance,
            output_type="np",
        ).images  # (B, H, W, 3), 0..1
        yield from np.round(pictures * 255).astype(np.uint8)
