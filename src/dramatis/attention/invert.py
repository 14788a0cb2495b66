"""Pictures from outside: the noise that a model would have drawn them from."""

import logging
from typing import NamedTuple

import torch
from diffusers import DDIMScheduler
from tqdm import trange

from dramatis.core.errors import ParameterError
from dramatis.core.images import Image, resize
from dramatis.diffusion.model import Conditioning, Model
from dramatis.diffusion.sample import whole_picture

log = logging.getLogger(__name__)

ROUNDS = 3
"""Times that a step of the inversion is corrected by what the model says at its end."""
NULL_STEPS, NULL_RATE, NULL_ENOUGH = 10, 1e-2, 1e-5
"""Of null-text optimisation, as the paper's own code has it: steps at each timestep, rate of Adam, error to stop at."""


class Inverted(NamedTuple):
    """What draws a picture again.

    Attributes:
        path: latents from the first timestep to the picture, (1, C, H, W) each: one more than there are steps.
        nulls: hidden states of the negative text for each step, (1, T, D); None without guidance.
    """

    path: list[torch.Tensor]
    nulls: list[torch.Tensor] | None


def fitted(picture: Image, size: tuple[int, int]) -> Image:
    """A picture of a size: its middle in the asked proportions, resized; the log says so.

    Args:
        size: width and height [px].
    """
    height, width = picture.shape[:2]
    if (width, height) == size:
        return picture
    left, top, right, bottom = middle((width, height), size)
    wide, high = right - left, bottom - top
    cut = f", of which {wide} x {high} px in the middle are taken" if (wide, high) != (width, height) else ""
    log.info("the picture is %d x %d px%s; it is resized to %d x %d px", width, height, cut, *size)
    return resize(picture[top:bottom, left:right], *size)


def middle(own: tuple[int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the middle of a picture in the proportions of a size [px], half-open.

    Args:
        own: width and height of the picture [px].
        size: whose proportions are asked for.
    """
    scale = max(size[0] / own[0], size[1] / own[1])
    wide, high = min(round(size[0] / scale), own[0]), min(round(size[1] / scale), own[1])
    left, top = (own[0] - wide) // 2, (own[1] - high) // 2
    return left, top, left + wide, top + high


@torch.no_grad()
def encoded(model: Model, picture: Image) -> torch.Tensor:
    """Scaled latents of an RGB picture, (1, C, H, W), fp32: the middle of what the autoencoder gives."""
    vae = model.pipeline.vae.float()
    pixels = torch.from_numpy(picture).permute(2, 0, 1)[None].float().to(model.device) / 127.5 - 1
    latents: torch.Tensor = vae.encode(pixels).latent_dist.mean * vae.config.scaling_factor
    return latents


def inverted(
    model: Model, scheduler: DDIMScheduler, latents: torch.Tensor, said: Conditioning, steps: int, guidance: float
) -> Inverted:
    """The noise of latents, and the negative text that leads back to them under guidance.

    DDIM inversion: Song et al., "Denoising Diffusion Implicit Models" (arXiv 2010.02502), eq. 12 the other way round,
    each step corrected by fixed-point rounds (Pan et al., arXiv 2309.04907). Null-text optimisation: Mokady et al.
    (arXiv 2211.09794), algorithm 1: at each step the negative text's hidden states are moved until guided drawing comes
    back to the path of the inversion.

    Args:
        scheduler: DDIM, as it draws.
        latents: of the picture, (1, C, H, W).
        said: conditioning of the negative text, then of the prompt.
        guidance: of drawing; 1 needs no optimisation.

    Raises:
        ParameterError: the scheduler is not DDIM, whose steps alone can be gone back.
    """
    check_invertible(scheduler)
    scheduler.set_timesteps(steps, device=model.device)
    asked = Conditioning(said.hidden[-1:], None if said.pooled is None else said.pooled[-1:])
    path = [latents]
    with torch.no_grad():
        for t in scheduler.timesteps.flip(0):
            path.append(_back(model, scheduler, path[-1], int(t), asked))
    path.reverse()  # noise first, as it is drawn
    if guidance <= 1:
        return Inverted(path, None)
    null = Conditioning(said.hidden[:1], None if said.pooled is None else said.pooled[:1])
    return Inverted(path, _nulls(model, scheduler, path, asked, null, guidance))


def check_invertible(scheduler: object) -> None:
    """Refuses samplers whose steps cannot be gone back.

    Raises:
        ParameterError: it is not DDIM.
    """
    if not isinstance(scheduler, DDIMScheduler):
        problem = f"a picture from outside cannot be inverted through {type(scheduler).__name__}, only through DDIM"
        raise ParameterError("drawing.sampler", problem, "Take sampler ddim for it")


def _predicted(model: Model, latents: torch.Tensor, t: int, said: Conditioning) -> torch.Tensor:
    when, times = torch.tensor([t], device=model.device), whole_picture(model, latents)
    return model.denoise(latents.to(said.hidden.dtype), when, said, times).float()


def _alphas(scheduler: DDIMScheduler, t: int) -> tuple[float, float]:
    """Share of the signal, squared, at a timestep and at the one that DDIM's step goes to."""
    to = t - scheduler.config.num_train_timesteps // scheduler.num_inference_steps
    end = scheduler.final_alpha_cumprod
    return float(scheduler.alphas_cumprod[t]), float(scheduler.alphas_cumprod[to] if to >= 0 else end)


def _parts(
    scheduler: DDIMScheduler, latents: torch.Tensor, predicted: torch.Tensor, alpha: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """The picture and the noise that a prediction says latents are made of."""
    signal, noise = alpha**0.5, (1 - alpha) ** 0.5
    kind = scheduler.config.prediction_type
    if kind == "v_prediction":
        return signal * latents - noise * predicted, signal * predicted + noise * latents
    if kind == "sample":
        return predicted, (latents - signal * predicted) / noise
    return (latents - noise * predicted) / signal, predicted


def _back(model: Model, scheduler: DDIMScheduler, latents: torch.Tensor, t: int, said: Conditioning) -> torch.Tensor:
    """Latents at a timestep of those that DDIM's step made of them."""
    here, there = _alphas(scheduler, t)
    found = latents
    for _ in range(1 + ROUNDS):  # the first look is at where the step ends
        _, noise = _parts(scheduler, found, _predicted(model, found, t, said), here)
        found = here**0.5 * (latents - (1 - there) ** 0.5 * noise) / there**0.5 + (1 - here) ** 0.5 * noise
    return found


def _nulls(
    model: Model,
    scheduler: DDIMScheduler,
    path: list[torch.Tensor],
    asked: Conditioning,
    null: Conditioning,
    guidance: float,
) -> list[torch.Tensor]:
    found: list[torch.Tensor] = []
    latents, hidden = path[0], null.hidden.float().clone()
    for step in trange(len(path) - 1, desc="invert", unit="step"):
        t = int(scheduler.timesteps[step])
        with torch.no_grad():
            wanted = _predicted(model, latents, t, asked)
        hidden = hidden.detach().clone().requires_grad_(True)
        optimizer = torch.optim.Adam([hidden], lr=NULL_RATE * (1 - step / len(path)))
        for _ in range(NULL_STEPS):
            with torch.enable_grad():
                made = _guided(model, scheduler, latents, t, null._replace(hidden=hidden), wanted, guidance)
                loss = torch.nn.functional.mse_loss(made, path[step + 1])
            if loss.item() < NULL_ENOUGH:
                break
            (hidden.grad,) = torch.autograd.grad(loss, hidden)
            optimizer.step()
        found.append(hidden.detach())
        with torch.no_grad():
            latents = _guided(model, scheduler, latents, t, null._replace(hidden=found[-1]), wanted, guidance)
    return found


def _guided(
    model: Model,
    scheduler: DDIMScheduler,
    latents: torch.Tensor,
    t: int,
    null: Conditioning,
    wanted: torch.Tensor,
    guidance: float,
) -> torch.Tensor:
    """What a guided step of DDIM makes of latents."""
    without = _predicted(model, latents, t, null._replace(hidden=null.hidden.to(model.pipeline.unet.dtype)))
    made: torch.Tensor = scheduler.step(without + guidance * (wanted - without), t, latents).prev_sample
    return made
