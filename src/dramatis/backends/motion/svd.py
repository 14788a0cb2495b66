"""Stable Video Diffusion: frames that go on from a picture (Blattmann et al., arXiv 2311.15127)."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from dramatis.backends.motion import MotionParams, Still
from dramatis.backends.motion.pipeline import drawn_size, named, part, placed, spread
from dramatis.core.images import Image, resize


def load(params: MotionParams) -> "Svd":
    """The model of `render.motion.weights`.

    Raises:
        MissingError, InputError: see `pipeline.part`, `pipeline.placed`.
    """
    from diffusers import StableVideoDiffusionPipeline

    name = named(params.weights, "weights", "a StableVideoDiffusionPipeline")
    return Svd(placed(part(StableVideoDiffusionPipeline, name, params), params.device), params)


class Svd:
    """See `Motion`. It does not read the prompt."""

    def __init__(self, pipeline: Any, params: MotionParams):
        self._pipeline, self._how = pipeline, params

    def frames(self, still: Still, count: int, fps: float) -> Iterator[Image]:
        """Frames of the model, forth and back."""
        import torch
        from PIL import Image as Pillow

        width, height = drawn_size(still, self._how.short_px)
        with torch.inference_mode():
            drawn = self._pipeline(
                Pillow.fromarray(resize(still.image, width, height)),
                width=width,
                height=height,
                num_frames=self._how.frames,
                num_inference_steps=self._how.steps,
                max_guidance_scale=self._how.guidance,
                fps=round(self._how.fps),
                motion_bucket_id=self._how.bucket,
                noise_aug_strength=self._how.noise,
                decode_chunk_size=self._how.decoded,
                generator=torch.Generator().manual_seed(still.seed),
            ).frames[0]
        return spread([np.asarray(frame) for frame in drawn], self._how.fps, still, count, fps)
