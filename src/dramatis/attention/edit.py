"""Changes of a picture, one after the other, each leaving alone what it is not about."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from dramatis.attention.controls import step_of
from dramatis.attention.invert import Inverted, check_invertible, encoded, fitted, inverted, middle
from dramatis.attention.processors import watched
from dramatis.attention.region import cells_of, cells_of_mask, pixels_of
from dramatis.attention.steer import Control, Kept, Steered
from dramatis.core import seeds
from dramatis.core.images import Image
from dramatis.core.recipe import Edit
from dramatis.diffusion.emphasised import encode
from dramatis.diffusion.model import Model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import as_control, decoded, denoised, first_noise, own_size
from dramatis.diffusion.samplers import build_sampler

if TYPE_CHECKING:
    from diffusers import SchedulerMixin

REPAINT = ("img2img", "inpaint")
"""Edits that draw a finished picture anew; the others share its steps."""


class Asked(NamedTuple):
    """The picture that is changed: what `sample` would draw, or a picture from outside."""

    prompt: str
    seed: int
    negative: str | None = None
    """What is steered away from; None is the parameters' own text."""
    size: tuple[int, int] | None = None
    """Width and height [px]; None is that of the parameters, or the base's own."""
    control: Image | None = None
    """Control image for the model's ControlNet, of that size."""
    tokens: int = 75
    zero_terminal_snr: bool = False
    picture: Image | None = None
    """A picture from outside, of any size, which `prompt` describes: it is inverted instead of drawn from the seed."""
    mask: Image | None = None
    """White where `img2img` without a region draws anew, cut to the middle as the picture is; None is everywhere."""


class Edited(NamedTuple):
    """A picture after an edit."""

    image: Image
    mask: NDArray[np.float32]
    """What was allowed to change, shape (H, W) of the picture [0..1]; all ones without a blend."""
    prompt: str
    """What it is drawn from now: the prompt of the next edit."""


class _Drawn(NamedTuple):
    """Where a chain of edits stands: scaled latents (1, C, H, W), the picture and its prompt."""

    latents: torch.Tensor
    image: Image
    prompt: str


def edited(model: Model, asked: Asked, edits: Sequence[Edit], params: DrawingParams) -> list[Edited]:
    """The picture as it is drawn, then the picture after each edit: one more than there are edits.

    The first is drawn from its seed again in the same batch as what becomes of it, so source and targets share each
    step's noise. Without edits it is bit-equal to `sample`; with edits it differs from it by rounding at most, as any
    batch of another size does. `img2img` and `inpaint` draw the finished picture anew, with noise of the seed and the
    place of the edit; edits of words that follow one of them share its steps.

    Args:
        model: base, with what is applied to it; adapters and a ControlNet stay as they are.
        asked: the picture.
        edits: what is changed, in order; each starts from the result of the one before.
        params: how to draw; a picture from outside whose words are edited needs sampler ddim.

    Raises:
        ParameterError: a word is not in the prompt or not read, a weight or region is out of bounds, or the sampler
            cannot go back to the noise of a picture.
    """
    return _Chain(model, asked, params).run(edits)


class _Chain:
    """The edits of one picture."""

    def __init__(self, model: Model, asked: Asked, params: DrawingParams):
        self.model, self.asked, self.params = model, asked, params
        self.size = asked.size or (params.width_px or own_size(model)[0], params.height_px or own_size(model)[1])
        self.factor = model.pipeline.vae_scale_factor
        self.shape = (self.size[1] // self.factor, self.size[0] // self.factor)
        self.negative = params.negative if asked.negative is None else asked.negative
        base = model.pipeline.scheduler.config
        self.scheduler = build_sampler(base, params.sampler, asked.zero_terminal_snr)

    def run(self, edits: Sequence[Edit]) -> list[Edited]:
        """See `edited`."""
        first, *others = grouped(edits)
        if self.asked.picture is not None and not first:
            image = fitted(self.asked.picture, self.size)
            out, now = (
                [self._told(image, None, self.asked.prompt)],
                _Drawn(encoded(self.model, image), image, self.asked.prompt),
            )
        else:
            out, now = self._from_noise(first)
        for number, group in enumerate(others):
            found, now = self._anew(now, group, number)
            out += found
        return out

    def _from_noise(self, edits: Sequence[Edit]) -> tuple[list[Edited], _Drawn]:
        """The picture from its seed, or from the noise that it was inverted to, and what edits of words make of it."""
        noise = first_noise(self.model, [self.asked.seed] * (len(edits) + 1), self.size)
        if self.asked.picture is None:
            return self._chained(self.asked.prompt, edits, noise)
        start = self._inverted(fitted(self.asked.picture, self.size))
        noise = [(generator, start.path[0].cpu()) for generator, _ in noise]
        path = Kept(start.path[-1], torch.zeros(self.shape), start.path[1:], 0)  # the picture stays on its own path
        return self._chained(self.asked.prompt, edits, noise, kept=path, nulls=start.nulls)

    def _inverted(self, image: Image) -> Inverted:
        check_invertible(self.scheduler)
        said = encode(self.model, [self.negative, self.asked.prompt], self.asked.tokens)
        latents = encoded(self.model, image)
        return inverted(self.model, self.scheduler, latents, said, self.params.steps, self.params.guidance)

    def _anew(self, now: _Drawn, group: Sequence[Edit], number: int) -> tuple[list[Edited], _Drawn]:
        """What drawing a region of a finished picture anew makes of it, and edits of words after that."""
        edit = group[0]
        region = self._region(edit)
        seed = seeds.derive(self.asked.seed, "repaint", number)
        noise = first_noise(self.model, [seed] * len(group), self.size)
        self.scheduler.set_timesteps(self.params.steps, device=self.model.device)
        kept = kept_outside(self.scheduler, now.latents, noise[0][1], region, edit.strength)
        found, then = self._chained(edit.prompt or now.prompt, group[1:], noise, kept=kept)
        inside = pixels_of(region, self.factor)
        image = np.where(inside[..., None] > 0.5, found[0].image, now.image)  # the autoencoder changes nothing outside
        found[0] = self._told(image, region, found[0].prompt)
        return found, (then._replace(image=image) if len(found) == 1 else then)

    def _region(self, edit: Edit) -> torch.Tensor:
        if edit.region is not None:
            return cells_of(edit.region, self.shape)
        if self.asked.mask is None:
            return torch.ones(self.shape)
        left, top, right, bottom = middle(self.asked.mask.shape[1::-1], self.size)
        return cells_of_mask(self.asked.mask[top:bottom, left:right], self.shape)

    def _chained(
        self,
        prompt: str,
        edits: Sequence[Edit],
        noise: Sequence[tuple[torch.Generator, torch.Tensor]],
        kept: Kept | None = None,
        nulls: Sequence[torch.Tensor] | None = None,
    ) -> tuple[list[Edited], _Drawn]:
        """A picture and what edits of words make of it, one after the other, all in one batch."""
        prompts, controls = [prompt], list[Control | None]([None])
        for parent, edit in enumerate(edits):
            text, control = step_of(self.model, prompts[-1], edit, parent, self.asked.tokens, self.shape)
            prompts.append(text)
            controls.append(control)
        images, latents, masks = self._batch(prompts, controls, noise, kept, nulls)
        told = [self._told(*one) for one in zip(images, masks, prompts, strict=True)]
        return told, _Drawn(latents[-1:], images[-1], prompts[-1])

    @torch.no_grad()
    def _batch(
        self,
        prompts: Sequence[str],
        controls: Sequence[Control | None],
        noise: Sequence[tuple[torch.Generator, torch.Tensor]],
        kept: Kept | None,
        nulls: Sequence[torch.Tensor] | None,
    ) -> tuple[list[Image], torch.Tensor, list[torch.Tensor | None]]:
        texts = [*[self.negative] * len(prompts), *prompts] if self.params.guidance > 1 else list(prompts)
        said = encode(self.model, texts, self.asked.tokens)
        seen = [self.asked.control] * len(prompts) if self.asked.control is not None else None
        control = as_control(seen, self.model.device) if seen is not None else None
        with watched(self.model) as watch:
            steering = Steered(watch, controls, kept, nulls)
            origin = None if kept is None else kept.origin.expand(len(prompts), -1, -1, -1)
            latents = denoised(
                self.model,
                self.scheduler,
                said,
                noise,
                self.params,
                control,
                steering,
                origin,
                kept.skipped if kept else 0,
            )
        return list(decoded(self.model, latents)), latents, steering.masks

    def _told(self, image: Image, cells: torch.Tensor | None, prompt: str) -> Edited:
        return Edited(image, pixels_of(torch.ones(self.shape) if cells is None else cells, self.factor), prompt)


def grouped(edits: Sequence[Edit]) -> list[list[Edit]]:
    """Edits in parts that share their steps: each but the first begins with one that draws anew."""
    found: list[list[Edit]] = [[]]
    for edit in edits:
        if edit.kind in REPAINT:
            found.append([])
        found[-1].append(edit)
    return found


def kept_outside(
    scheduler: "SchedulerMixin", origin: torch.Tensor, noise: torch.Tensor, region: torch.Tensor, strength: float
) -> Kept:
    """What is kept of a picture outside a region: at each step the picture with the same noise.

    Lugmayr et al., "RePaint" (arXiv 2201.09865), eq. 8, without its resampling; the beginning is SDEdit's (Meng et al.,
    arXiv 2108.01073): the picture with so much noise as the strength says.

    Args:
        scheduler: with its timesteps set.
        origin: scaled latents of the picture, (1, C, H, W).
        noise: likewise.
        region: what is painted anew, (H, W).
        strength: share of the steps that are drawn.
    """
    timesteps = scheduler.timesteps
    skipped = min(len(timesteps) - max(round(len(timesteps) * strength), 1), len(timesteps) - 1)
    skipped -= skipped % scheduler.order if getattr(scheduler, "order", 1) > 1 else 0
    ahead = [scheduler.add_noise(origin, noise.to(origin), t[None]) for t in timesteps[skipped + 1 :]]
    return Kept(origin, region, [*ahead, origin], skipped)
