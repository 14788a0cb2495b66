"""Draws pictures under classifier-free guidance, each from its own seed, with a base of any family."""

from collections.abc import Iterator, Sequence
from inspect import signature
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from dramatis.core.images import Image
from dramatis.diffusion.emphasised import encode
from dramatis.diffusion.model import Conditioning, Model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.samplers import build_sampler

if TYPE_CHECKING:
    from diffusers import SchedulerMixin


class Steering(Protocol):
    """Takes part in drawing: sees each step, and may change what is said and what has come of it."""

    def before(self, step: int, steps: int, conditioning: Conditioning) -> Conditioning:
        """What the texts say at a step, counted from 0, of so many."""
        ...

    def after(self, step: int, latents: torch.Tensor) -> torch.Tensor:
        """Scaled latents after that step, (B, C, H, W)."""
        ...


def own_size(model: Model) -> tuple[int, int]:
    """Width and height that a base draws unless told otherwise [px]."""
    pipeline = model.pipeline
    sides = pipeline.unet.config.sample_size
    high, wide = (sides, sides) if isinstance(sides, int) else sides
    return wide * pipeline.vae_scale_factor, high * pipeline.vae_scale_factor


@torch.no_grad()
def sample(
    model: Model,
    prompts: Sequence[str],
    seeds: Sequence[int],
    params: DrawingParams,
    *,
    negatives: Sequence[str] | None = None,
    size: tuple[int, int] | None = None,
    controls: Sequence[Image] | None = None,
    tokens: int = 75,
    zero_terminal_snr: bool = False,
) -> Iterator[Image]:
    """Yields one RGB picture per prompt, all of one size.

    Args:
        model: base, with what is applied to it; with a `controlnet` that looks at the control images, where there are
            any, at the strength `controlnet_scale`.
        prompts: one text per picture; `(word:1.3)` says a word more strongly, see `emphasis`.
        seeds: one seed per picture; the same seed gives the same noise whatever else is in the batch.
        params: how to draw.
        negatives: what to steer away from, one text per picture; None is the parameters' own text for all.
        size: width and height [px]; None is that of the parameters, or the base's own.
        controls: a control image per picture, of that size; None without.
        tokens: how many of a prompt's tokens are read: 75, 150 or 225, as in training.
        zero_terminal_snr: the model was trained to a noise schedule that ends in pure noise.

    Raises:
        ParameterError: the sampler cannot draw with such a model, or the weight of a word is out of bounds.
    """
    scheduler = build_sampler(model.pipeline.scheduler.config, params.sampler, zero_terminal_snr)
    width, height = size or (params.width_px or own_size(model)[0], params.height_px or own_size(model)[1])
    negatives = negatives if negatives is not None else [params.negative] * len(prompts)
    for start in range(0, len(prompts), params.batch_size):
        part = slice(start, start + params.batch_size)
        texts = [*negatives[part], *prompts[part]] if params.guidance > 1 else list(prompts[part])
        latents = denoised(
            model,
            scheduler,
            encode(model, texts, tokens),
            first_noise(model, seeds[part], (width, height)),
            params,
            as_control(controls[part], model.device) if controls is not None else None,
        )
        yield from decoded(model, latents)


def first_noise(
    model: Model, seeds: Sequence[int], size: tuple[int, int]
) -> list[tuple[torch.Generator, torch.Tensor]]:
    """For each seed its generator, on the CPU so that every device sees the same noise, and the first noise of it."""
    factor = model.pipeline.vae_scale_factor
    shape = (1, model.pipeline.unet.config.in_channels, size[1] // factor, size[0] // factor)
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    return [(generator, torch.randn(shape, generator=generator)) for generator in generators]


def as_control(images: Sequence[Image], device: torch.device) -> torch.Tensor:
    """Control images as a ControlNet takes them, (B, 3, H, W) [0..1]."""
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float().div(255).to(device)


def denoised(
    model: Model,
    scheduler: "SchedulerMixin",
    conditioning: Conditioning,
    noise: Sequence[tuple[torch.Generator, torch.Tensor]],
    params: DrawingParams,
    control: torch.Tensor | None,
    steering: Steering | None = None,
    origin: torch.Tensor | None = None,
    skipped: int = 0,
) -> torch.Tensor:
    """Scaled latents without noise, (B, C, H, W): the loop of the pipelines of diffusers, for any family.

    Args:
        scheduler: begins anew here.
        conditioning: of the negative texts, then of the prompts; under guidance 1 of the prompts alone.
        noise: generators and first noise by picture.
        control: control images, (B, 3, H', W') [px].
        steering: takes part in each step.
        origin: latents of pictures that are drawn anew, (B, C, H, W); None begins with noise alone.
        skipped: timesteps that are left out at the beginning, where there is an origin.
    """
    generators = [generator for generator, _ in noise]
    scheduler.set_timesteps(params.steps, device=model.device)
    latents = torch.cat([first for _, first in noise]).to(model.device)
    timesteps = scheduler.timesteps[skipped:]
    if origin is not None and skipped:
        if hasattr(scheduler, "set_begin_index"):  # those that know the step by its number rather than its time
            scheduler.set_begin_index(skipped)
        latents = scheduler.add_noise(origin, latents, timesteps[:1].expand(len(latents)))
    else:
        latents = latents * scheduler.init_noise_sigma
    halves = len(conditioning.hidden) // len(latents)
    dtype = conditioning.hidden.dtype
    factor = model.pipeline.vae_scale_factor
    sides = [latents.shape[2] * factor, latents.shape[3] * factor]
    times = torch.tensor([[*sides, 0, 0, *sides]], dtype=torch.float32, device=model.device)
    times = times.expand(len(conditioning.hidden), -1)
    watched = getattr(model, "controlnet", None) if control is not None else None
    strength = getattr(model, "controlnet_scale", 1.0)
    chance = {"generator": generators} if "generator" in signature(scheduler.step).parameters else {}
    for step, t in enumerate(timesteps):
        if steering is not None:
            conditioning = steering.before(step, len(timesteps), conditioning)
        noisy = scheduler.scale_model_input(torch.cat([latents] * halves), t).to(dtype)
        when = t.expand(len(noisy))
        extra = {}
        if watched is not None and control is not None:
            seen = torch.cat([control] * halves)
            extra = model.residuals(watched, noisy, when, conditioning, times, seen, strength)
        predicted = model.denoise(noisy, when, conditioning, times, **extra).float()
        if halves == 2:
            without, asked = predicted.chunk(2)
            predicted = without + params.guidance * (asked - without)
        latents = scheduler.step(predicted, t, latents, **chance).prev_sample
        if steering is not None:
            latents = steering.after(step, latents)
    return latents


def decoded(model: Model, latents: torch.Tensor) -> Iterator[Image]:
    """RGB pictures of scaled latents; in fp32, as half-precision autoencoders of SDXL give black pictures."""
    vae = model.pipeline.vae.float()
    pictures = vae.decode(latents / vae.config.scaling_factor, return_dict=False)[0]  # (B, 3, H, W), -1..1
    pictures = (pictures / 2 + 0.5).clamp(0, 1).cpu().permute(0, 2, 3, 1).numpy()
    yield from np.round(pictures * 255).astype(np.uint8)
