"""Pictures by a pipeline of diffusers itself, for drawing to be compared with."""

import numpy as np
import torch

from dramatis.diffusion.samplers import build_sampler


def by_diffusers(pipeline, model, params, prompts, negatives, seeds, tokens=75, **more):
    """What `sample` must draw with the same model, parameters, texts and seeds, shape (B, H, W, 3)."""
    pipeline.scheduler = build_sampler(model.pipeline.scheduler.config, params.sampler)
    asked, without = (model.encode(texts, tokens) for texts in (prompts, negatives))
    pooled = {} if asked.pooled is None else {
        "pooled_prompt_embeds": asked.pooled,
        "negative_pooled_prompt_embeds": without.pooled,
    }  # fmt: skip
    pictures = pipeline(
        prompt_embeds=asked.hidden,
        negative_prompt_embeds=without.hidden,
        generator=[torch.Generator().manual_seed(seed) for seed in seeds],
        num_inference_steps=params.steps,
        guidance_scale=params.guidance,
        output_type="np",
        **pooled,
        **more,
    ).images
    return np.round(pictures * 255).astype(np.uint8)
