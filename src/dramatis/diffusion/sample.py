"""Draws pictures: DDIM under classifier-free guidance, each picture from its own seed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline

from dramatis.core.errors import MissingError
from dramatis.core.images import Image
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.prompts import encode


def fuse(pipeline: StableDiffusionPipeline, weights: Path) -> None:
    """Adds an adapter to the weights of a pipeline for good: it then draws as fast as the bare base.

    Fusing and taking out again would leave rounding behind, so load a fresh pipeline for each adapter.

    Args:
        pipeline: the bare base.
        weights: file of an adapter that diffusers can load.

    Raises:
        MissingError: there is no such file.
    """
    if not weights.is_file():
        raise MissingError(str(weights), "there is no such adapter", "Run `dvc repro`: stage train makes it")
    pipeline.load_lora_weights(str(weights.parent), weight_name=weights.name)
    pipeline.fuse_lora()
    pipeline.unload_lora_weights()


@torch.no_grad()
def sample(
    pipeline: StableDiffusionPipeline,
    prompts: Sequence[str],
    seeds: Sequence[int],
    params: DrawingParams,
    clip_skip: int | None = None,
) -> Iterator[Image]:
    """Yields one RGB picture per prompt, at the base's own size.

    Args:
        pipeline: from `load_pipeline`.
        prompts: one text per picture.
        seeds: one seed per picture; the same seed gives the same noise whatever else is in the batch.
        params: how to draw.
        clip_skip: as for `encode`.
    """
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    unwanted = encode(pipeline.tokenizer, pipeline.text_encoder, [params.negative], clip_skip)  # (1, T, D)
    for start in range(0, len(prompts), params.batch_size):
        texts = list(prompts[start : start + params.batch_size])
        noise = [torch.Generator().manual_seed(seed) for seed in seeds[start : start + params.batch_size]]
        pictures = pipeline(
            prompt_embeds=encode(pipeline.tokenizer, pipeline.text_encoder, texts, clip_skip),
            negative_prompt_embeds=unwanted.expand(len(texts), -1, -1),
            generator=noise,
            num_inference_steps=params.steps,
            guidance_scale=params.guidance,
            output_type="np",
        ).images  # (B, H, W, 3), 0..1
        yield from np.round(pictures * 255).astype(np.uint8)
