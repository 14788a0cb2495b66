"""AnimateDiff: a Stable Diffusion 1.5 with a motion adapter (Guo et al., arXiv 2307.04725).

The still is repeated as a film that stands, and this is drawn anew in part, from the panel's own prompt: little where
`strength` is low, so that people stay who they are.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from dramatis.backends.motion import MotionParams, Still
from dramatis.backends.motion.pipeline import drawn_size, named, part, placed, spread
from dramatis.core.images import Image, resize


def load(params: MotionParams) -> "AnimateDiff":
    """The adapter of `render.motion.weights` in the model of `render.motion.base`.

    Raises:
        MissingError, InputError: see `pipeline.part`, `pipeline.placed`.
    """
    from diffusers import AnimateDiffVideoToVideoPipeline, MotionAdapter

    weights = named(params.weights, "weights", "a MotionAdapter")
    base = named(params.base, "base", "the SD 1.5 that the panels were drawn with")
    adapter = part(MotionAdapter, weights, params)
    pipeline = part(AnimateDiffVideoToVideoPipeline, base, params, motion_adapter=adapter)
    return AnimateDiff(placed(pipeline, params.device), params)


class AnimateDiff:
    """See `Motion`."""

    def __init__(self, pipeline: Any, params: MotionParams):
        self._pipeline, self._how = pipeline, params

    def frames(self, still: Still, count: int, fps: float) -> Iterator[Image]:
        """Frames of the model, forth and back."""
        import torch
        from PIL import Image as Pillow

        width, height = drawn_size(still, self._how.short_px)
        standing = [Pillow.fromarray(resize(still.image, width, height))] * self._how.frames
        with torch.inference_mode():
            drawn = self._pipeline(
                standing,
                prompt=still.prompt,
                width=width,
                height=height,
                num_inference_steps=self._how.steps,
                guidance_scale=self._how.guidance,
                strength=self._how.strength,
                decode_chunk_size=self._how.decoded,
                generator=torch.Generator().manual_seed(still.seed),
            ).frames[0]
        return spread([np.asarray(frame) for frame in drawn], self._how.fps, still, count, fps)
