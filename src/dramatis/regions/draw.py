"""Draws one picture with several models, each of which sees and draws its own part of it.

In every step each character's model predicts the noise of its own view of the latents, after its own prompt, and
another one that of the whole picture; where views overlap, the mean of the predictions counts, weighted by their masks.
That mean is the closed form of MultiDiffusion (Bar-Tal et al. 2023, arXiv 2302.08113, equation 5), with a prompt for
each region as in Mixture of Diffusers (Jiménez 2023, arXiv 2302.02412), and here also an adapter for each. A view is a
picture of its own to the UNet: its cross-attention hears of nobody else, and its self-attention sees nobody else.

Edits of words are rows of the same batch, as in `attention.edit`: each model holds its own attention.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from inspect import signature
from typing import NamedTuple

import torch

from dramatis.attention.edit import Edited
from dramatis.attention.processors import Watch, watched
from dramatis.attention.region import cells_of, pixels_of
from dramatis.attention.steer import BLEND_FROM, Steered
from dramatis.core.images import Image
from dramatis.core.recipe import Edit, Joining, Region
from dramatis.diffusion.emphasised import encode
from dramatis.diffusion.model import Conditioning, Model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import as_control, decoded, first_noise, own_size
from dramatis.diffusion.samplers import build_sampler
from dramatis.regions.follow import Rows, rows_of, seen_in
from dramatis.regions.masks import View, check_regions, view_of

EVERYWHERE: Region = (0.0, 0.0, 1.0, 1.0)


class Part(NamedTuple):
    """A character in a picture."""

    model: Model
    """The base with this character's adapter; of the same family and size as those of the others."""
    prompt: str
    """What is said of this character alone."""
    region: Region
    """Where it is drawn."""


class Painter(NamedTuple):
    """A model that predicts the noise of a view, for every row of the batch."""

    rows: Rows
    steered: Steered
    """Holds attention from row to row."""
    said: Conditioning
    """Of the negative text for each row, then of the prompts; under guidance 1 of the prompts alone."""
    view: View
    """That of the rows, its mask on the model's device."""
    times: torch.Tensor
    """SDXL: time ids, one row for each text."""
    control: torch.Tensor | None
    """Control image of the view, (1, 3, H', W') [px]."""


class When(NamedTuple):
    """Where the sampler stands."""

    t: torch.Tensor
    """The timestep."""
    step: int
    steps: int


@torch.no_grad()
def sample_regions(
    whole: Model,
    prompt: str,
    parts: Sequence[Part],
    seed: int,
    params: DrawingParams,
    joining: Joining,
    edits: Sequence[Edit] = (),
    *,
    negative: str | None = None,
    size: tuple[int, int] | None = None,
    control: Image | None = None,
    tokens: int = 75,
    zero_terminal_snr: bool = False,
) -> list[Edited]:
    """One RGB picture with a character in each region, then the picture after each edit.

    Args:
        whole: draws what is in no region; its ControlNet, if it has one, looks at the control image.
        prompt: of the whole picture.
        parts: the characters, at least one.
        seed: the same as for `sample` gives the same first noise.
        params: how to draw.
        joining: how the predictions are joined.
        edits: of words, one after the other, in the prompts that `rows_of` says.
        negative: what to steer away from, everywhere; None is the parameters' own text.
        size: width and height [px]; None is that of the parameters, or the base's own.
        control: control image of that size; every view sees its own part of it. None without.
        tokens: how many of a prompt's tokens are read.
        zero_terminal_snr: the models were trained to a noise schedule that ends in pure noise.

    Raises:
        ParameterError: regions overlap fully or have no area, the sampler cannot draw with such models, or the word of
            an edit is in no prompt.
    """
    check_regions([part.region for part in parts], "regions")
    scheduler = build_sampler(whole.pipeline.scheduler.config, params.sampler, zero_terminal_snr)
    size = size or (params.width_px or own_size(whole)[0], params.height_px or own_size(whole)[1])
    generators, noise = zip(*first_noise(whole, [seed] * (len(edits) + 1), size), strict=True)
    scheduler.set_timesteps(params.steps, device=whole.device)
    steps, latents = len(scheduler.timesteps), torch.cat(noise).to(whole.device) * scheduler.init_noise_sigma
    shape = (latents.shape[2], latents.shape[3])
    where = [cells_of(edit.region, shape) if edit.region is not None else None for edit in edits]
    apart = round(joining.until * steps)
    told = _told(whole, prompt, parts, shape, joining)
    rows = rows_of(told if apart else told[:1], edits, tokens)
    texts = [params.negative if negative is None else negative] * (len(latents) if params.guidance > 1 else 0)
    seen = as_control([control], whole.device) if control is not None else None
    chance = {"generator": list(generators)} if "generator" in signature(scheduler.step).parameters else {}
    masks: list[torch.Tensor | None] = [None] * len(latents)
    with _steered(rows) as steered:
        painters = [_painter(*one, texts, seen, tokens) for one in zip(rows, steered, strict=True)]
        for step, t in enumerate(scheduler.timesteps):
            noisy = scheduler.scale_model_input(latents, t)
            at = When(t, step, steps)
            predicted = _joined(painters if step < apart else painters[:1], noisy, at, params.guidance, whole)
            latents = scheduler.step(predicted, t, latents, **chance).prev_sample
            if (step + 1) / steps >= BLEND_FROM:
                for row, (edit, cells) in enumerate(zip(edits, where, strict=True), 1):
                    if edit.blend is not None and cells is None:
                        cells = seen_in(row, list(zip(rows, steered, strict=True)), shape)
                    if cells is not None:
                        masks[row] = cells
                        latents[row] = torch.lerp(latents[row - 1], latents[row], cells.to(latents))
    factor = whole.pipeline.vae_scale_factor
    return [
        Edited(image, pixels_of(torch.ones(shape) if mask is None else mask, factor), said)
        for image, mask, said in zip(decoded(whole, latents), masks, rows[0].prompts, strict=True)
    ]


def _told(
    whole: Model, prompt: str, parts: Sequence[Part], shape: tuple[int, int], joining: Joining
) -> list[tuple[Model, str, Region, View]]:
    """Model, prompt, region and view of the whole picture, then of each character."""
    size = (shape[1], shape[0])
    views = [view_of(part.region, size, joining.overlap) for part in parts]
    own = [(part.model, part.prompt, part.region, view) for part, view in zip(parts, views, strict=True)]
    return [(whole, prompt, EVERYWHERE, _everywhere(views, size, joining.whole)), *own]


@contextmanager
def _steered(rows: Sequence[Rows]) -> Iterator[list[Steered]]:
    """What holds the attention of each part; parts that one model draws share its processors, and take turns."""
    with ExitStack() as stack:
        watches: dict[int, Watch] = {}
        for one in rows:
            if id(one.model) not in watches:
                watches[id(one.model)] = stack.enter_context(watched(one.model))
        yield [Steered(watches[id(one.model)], one.controls) for one in rows]


def _everywhere(views: Sequence[View], size: tuple[int, int], inside: float) -> View:
    """The view of the whole picture: it counts 1 where no region is, and `inside` where one is."""
    covered = torch.zeros(size[1], size[0])
    for view in views:
        covered[view.rows, view.columns] = torch.maximum(covered[view.rows, view.columns], view.mask)
    return View(slice(0, size[1]), slice(0, size[0]), 1 - (1 - inside) * covered)


def _painter(rows: Rows, steered: Steered, without: list[str], control: torch.Tensor | None, tokens: int) -> Painter:
    model, view = rows.model, rows.view
    factor = model.pipeline.vae_scale_factor
    high, wide = (side * factor for side in view.mask.shape)
    said = encode(model, [*without, *rows.prompts], tokens)
    times = torch.tensor([[high, wide, 0, 0, high, wide]], dtype=torch.float32, device=model.device)
    if control is not None:
        down, across = (slice(part.start * factor, part.stop * factor) for part in (view.rows, view.columns))
        control = control[..., down, across]
    here = view._replace(mask=view.mask.to(model.device))
    return Painter(rows, steered, said, here, times.expand(len(said.hidden), -1), control)


def _joined(painters: Sequence[Painter], noisy: torch.Tensor, at: When, guidance: float, whole: Model) -> torch.Tensor:
    """The mean of what all predict, weighted by their masks, shape of `noisy`."""
    if len(painters) == 1:  # the whole picture alone, which may weigh nothing where regions were
        return _guided(painters[0], noisy, at, guidance, whole)
    total = torch.zeros(noisy.shape, device=noisy.device)
    weight = torch.zeros(noisy.shape[2:], device=noisy.device)
    for painter in painters:
        rows, columns, mask = painter.view
        total[..., rows, columns] += mask * _guided(painter, noisy[..., rows, columns], at, guidance, whole)
        weight[rows, columns] += mask
    return total / weight


def _guided(painter: Painter, noisy: torch.Tensor, at: When, guidance: float, whole: Model) -> torch.Tensor:
    """What one model predicts of its view under classifier-free guidance, and holds of its attention."""
    model, said = painter.rows.model, painter.steered.before(at.step, at.steps, painter.said)
    count = len(said.hidden)
    halves = count // len(noisy)
    shape = (noisy.shape[2], noisy.shape[3])
    noisy = torch.cat([noisy] * halves).to(said.hidden.dtype)
    when, extra = at.t.expand(count), {}
    if whole.controlnet is not None and painter.control is not None:
        seen = torch.cat([painter.control] * count)
        net, scale = whole.controlnet, whole.controlnet_scale
        extra = model.residuals(net, noisy, when, said, painter.times, seen, scale)
    predicted = model.denoise(noisy, when, said, painter.times, **extra).float()
    painter.steered.gather(shape)
    if halves == 2:
        without, asked = predicted.chunk(2)
        predicted = without + guidance * (asked - without)
    return predicted
