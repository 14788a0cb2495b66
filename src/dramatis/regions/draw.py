"""Draws one picture with several models, each of which sees and draws its own part of it.

In every step each character's model predicts the noise of its own view of the latents, after its own prompt, and
another one that of the whole picture; where views overlap, the mean of the predictions counts, weighted by their masks.
That mean is the closed form of MultiDiffusion (Bar-Tal et al. 2023, arXiv 2302.08113, equation 5), with a prompt for
each region as in Mixture of Diffusers (Jiménez 2023, arXiv 2302.02412), and here also an adapter for each. A view is a
picture of its own to the UNet: its cross-attention hears of nobody else, and its self-attention sees nobody else.
"""

from collections.abc import Sequence
from inspect import signature
from typing import NamedTuple

import torch

from dramatis.core.images import Image
from dramatis.core.recipe import Joining, Region
from dramatis.diffusion.emphasised import encode
from dramatis.diffusion.model import Conditioning, Model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import as_control, decoded, first_noise, own_size
from dramatis.diffusion.samplers import build_sampler
from dramatis.regions.masks import View, check_regions, view_of


class Part(NamedTuple):
    """A character in a picture."""

    model: Model
    """The base with this character's adapter; of the same family and size as those of the others."""
    prompt: str
    """What is said of this character alone."""
    region: Region
    """Where it is drawn."""


class Painter(NamedTuple):
    """A model that predicts the noise of a view."""

    model: Model
    said: Conditioning
    """Of the negative text and the prompt; under guidance 1 of the prompt alone."""
    view: View
    times: torch.Tensor
    """SDXL: time ids, one row for each text."""
    control: torch.Tensor | None
    """Control image of the view, (1, 3, H', W') [px]."""


@torch.no_grad()
def sample_regions(
    whole: Model,
    prompt: str,
    parts: Sequence[Part],
    seed: int,
    params: DrawingParams,
    joining: Joining,
    *,
    negative: str | None = None,
    size: tuple[int, int] | None = None,
    control: Image | None = None,
    tokens: int = 75,
    zero_terminal_snr: bool = False,
) -> Image:
    """One RGB picture with a character in each region.

    Args:
        whole: draws what is in no region; its ControlNet, if it has one, looks at the control image.
        prompt: of the whole picture.
        parts: the characters, at least one.
        seed: the same as for `sample` gives the same first noise.
        params: how to draw.
        joining: how the predictions are joined.
        negative: what to steer away from, everywhere; None is the parameters' own text.
        size: width and height [px]; None is that of the parameters, or the base's own.
        control: control image of that size; every view sees its own part of it. None without.
        tokens: how many of a prompt's tokens are read.
        zero_terminal_snr: the models were trained to a noise schedule that ends in pure noise.

    Raises:
        ParameterError: regions overlap fully or have no area, or the sampler cannot draw with such models.
    """
    check_regions([part.region for part in parts], "regions")
    scheduler = build_sampler(whole.pipeline.scheduler.config, params.sampler, zero_terminal_snr)
    size = size or (params.width_px or own_size(whole)[0], params.height_px or own_size(whole)[1])
    generator, noise = first_noise(whole, [seed], size)[0]
    scheduler.set_timesteps(params.steps, device=whole.device)
    latents = noise.to(whole.device) * scheduler.init_noise_sigma
    texts = [params.negative if negative is None else negative] if params.guidance > 1 else []
    seen = as_control([control], whole.device) if control is not None else None
    high, wide = noise.shape[2:]
    views = [view_of(part.region, (wide, high), joining.overlap) for part in parts]
    painters = [
        _painter(model, [*texts, said], view, seen, tokens)
        for model, said, view in [
            (whole, prompt, _everywhere(views, (wide, high), joining.whole)),
            *((part.model, part.prompt, view) for part, view in zip(parts, views, strict=True)),
        ]
    ]
    chance = {"generator": [generator]} if "generator" in signature(scheduler.step).parameters else {}
    alone = round(joining.until * len(scheduler.timesteps))
    for number, t in enumerate(scheduler.timesteps):
        noisy = scheduler.scale_model_input(latents, t)
        predicted = _joined(painters if number < alone else painters[:1], noisy, t, params.guidance, whole)
        latents = scheduler.step(predicted, t, latents, **chance).prev_sample
    return next(decoded(whole, latents))


def _everywhere(views: Sequence[View], size: tuple[int, int], inside: float) -> View:
    """The view of the whole picture: it counts 1 where no region is, and `inside` where one is."""
    covered = torch.zeros(size[1], size[0])
    for view in views:
        covered[view.rows, view.columns] = torch.maximum(covered[view.rows, view.columns], view.mask)
    return View(slice(0, size[1]), slice(0, size[0]), 1 - (1 - inside) * covered)


def _painter(model: Model, texts: list[str], view: View, control: torch.Tensor | None, tokens: int) -> Painter:
    factor = model.pipeline.vae_scale_factor
    high, wide = (side * factor for side in view.mask.shape)
    times = torch.tensor([[high, wide, 0, 0, high, wide]], dtype=torch.float32, device=model.device)
    if control is not None:
        rows, columns = (slice(part.start * factor, part.stop * factor) for part in (view.rows, view.columns))
        control = control[..., rows, columns]
    mask = view.mask.to(model.device)
    return Painter(model, encode(model, texts, tokens), view._replace(mask=mask), times.expand(len(texts), -1), control)


def _joined(
    painters: Sequence[Painter], noisy: torch.Tensor, t: torch.Tensor, guidance: float, whole: Model
) -> torch.Tensor:
    """The mean of what all predict, weighted by their masks, shape of `noisy`."""
    total = torch.zeros(noisy.shape, device=noisy.device)
    weight = torch.zeros(noisy.shape[2:], device=noisy.device)
    for painter in painters:
        rows, columns, mask = painter.view
        total[..., rows, columns] += mask * _guided(painter, noisy[..., rows, columns], t, guidance, whole)
        weight[rows, columns] += mask
    return total / weight


def _guided(painter: Painter, noisy: torch.Tensor, t: torch.Tensor, guidance: float, whole: Model) -> torch.Tensor:
    """What one model predicts of its view under classifier-free guidance."""
    model, said = painter.model, painter.said
    count = len(said.hidden)
    noisy = torch.cat([noisy] * count).to(said.hidden.dtype)
    when, extra = t.expand(count), {}
    if whole.controlnet is not None and painter.control is not None:
        seen = torch.cat([painter.control] * count)
        net, scale = whole.controlnet, whole.controlnet_scale
        extra = model.residuals(net, noisy, when, said, painter.times, seen, scale)
    predicted = model.denoise(noisy, when, said, painter.times, **extra).float()
    if count == 2:
        without, asked = predicted.chunk(2)
        predicted = without + guidance * (asked - without)
    return predicted
