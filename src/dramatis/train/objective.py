"""The loss of a diffusion model, whatever it predicts."""

from collections.abc import Callable

import torch
from diffusers import DDPMScheduler
from torch.nn import functional

from dramatis.train.batches import Batch
from dramatis.train.params import Objective

Predict = Callable[[torch.Tensor, torch.Tensor, Batch], torch.Tensor]
"""From noisy latents (B, C, H, W), timesteps (B,) and the batch to what the model predicts (B, C, H, W)."""


def target(scheduler: DDPMScheduler, latents: torch.Tensor, noise: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """What the model should predict under the scheduler's `prediction_type`, shape of the latents.

    Raises:
        ValueError: the scheduler predicts neither epsilon, v nor the sample.
    """
    match scheduler.config.prediction_type:
        case "epsilon":
            return noise
        case "v_prediction":
            return scheduler.get_velocity(latents, noise, t)
        case "sample":
            return latents
    raise ValueError(f"prediction type {scheduler.config.prediction_type!r} has no loss")


def signal_to_noise(scheduler: DDPMScheduler, t: torch.Tensor) -> torch.Tensor:
    """Signal-to-noise ratio of timesteps, alpha_bar / (1 - alpha_bar), shape of `t`."""
    kept = scheduler.alphas_cumprod.to(t.device)[t]
    return kept / (1 - kept)


def min_snr_weight(snr: torch.Tensor, gamma: float, prediction_type: str) -> torch.Tensor:
    """Weights of min-SNR (Hang et al., arXiv 2303.09556, section 3.4) for each ratio, same shape.

    The weight is min(SNR, gamma) on the loss of the clean sample; divided by SNR it is that of epsilon, by SNR + 1
    that of v.
    """
    clipped = torch.clamp(snr, max=gamma)
    match prediction_type:
        case "epsilon":
            return clipped / snr
        case "v_prediction":
            return clipped / (snr + 1)
    return clipped


def offset_noise(noise: torch.Tensor, strength: float, generator: torch.Generator) -> torch.Tensor:
    """Noise with a constant added to each channel of each picture, so that a model learns light and dark as a whole.

    noise + strength * N(0, 1) (N. Guttenberg, "Diffusion with offset noise", 2023), shape of `noise`, (B, C, H, W).
    """
    return noise + strength * torch.randn(noise.shape[:2], generator=generator)[:, :, None, None]


def pyramid_noise(noise: torch.Tensor, discount: float, generator: torch.Generator) -> torch.Tensor:
    """Noise with coarser noise added, halved in size at each octave down to one value.

    noise + sum over octaves k of discount^k * enlarged N(0, 1), then scaled to a standard deviation of 1 in each
    picture (J. Whitaker, "Multi-resolution noise for diffusion model training", 2023; there with random factors
    from 2 to 4, and scaled over the batch). Shape of `noise`, (B, C, H, W).
    """
    *outer, height, width = noise.shape
    octave, strength = 1, discount
    while height >> octave or width >> octave:
        small = torch.randn(*outer, max(height >> octave, 1), max(width >> octave, 1), generator=generator)
        noise = noise + strength * functional.interpolate(small, size=(height, width), mode="bilinear")
        octave, strength = octave + 1, strength * discount
    return noise / noise.std(dim=(1, 2, 3), keepdim=True)


def deviation(difference: torch.Tensor, huber: float | None) -> torch.Tensor:
    """What each difference costs: its square; beyond `huber` it grows linearly, with no step and no kink.

    d² up to c, 2 c |d| - c² beyond (P. J. Huber, "Robust estimation of a location parameter", 1964, times 2).
    """
    if huber is None:
        return difference.pow(2)
    far = difference.abs()
    return torch.where(far <= huber, far.pow(2), 2 * huber * far - huber**2)


def errors(
    predict: Predict,
    scheduler: DDPMScheduler,
    batch: Batch,
    latents: torch.Tensor,
    noise: torch.Tensor,
    t: torch.Tensor,
    huber: float | None = None,
) -> torch.Tensor:
    """Error of what a model predicts for each picture, shape (B,), fp32.

    Args:
        predict: from noisy latents, timesteps and the batch.
        scheduler: knows the noise schedule and what is predicted.
        batch: for its captions, and its maps of where the loss counts.
        latents, noise: shape (B, C, H, W), on the model's device.
        t: timesteps, shape (B,), likewise.
        huber: as for `deviation`.
    """
    predicted = predict(scheduler.add_noise(latents, noise, t), t, batch).float()
    each = deviation(predicted - target(scheduler, latents, noise, t), huber).mean(dim=1)  # (B, H, W)
    return (each * batch.maps.to(each.device)).mean(dim=(1, 2))


def losses(
    predict: Predict,
    scheduler: DDPMScheduler,
    batch: Batch,
    params: Objective,
    generator: torch.Generator,
    device: torch.device,
) -> torch.Tensor:
    """Error of a model's prediction at random timesteps for each picture of a batch, shape (B,).

    Args:
        predict: from noisy latents, timesteps and the batch.
        scheduler: knows the noise schedule and what is predicted.
        batch: on the CPU.
        params: which loss.
        generator: on the CPU, so that every device sees the same noise.
        device: of the model.
    """
    latents = (batch.mean + batch.std * torch.randn(batch.mean.shape, generator=generator)).to(device)
    noise = torch.randn(latents.shape, generator=generator)
    t = torch.randint(scheduler.config.num_train_timesteps, latents.shape[:1], generator=generator).to(device)
    if params.noise_offset:
        noise = offset_noise(noise, params.noise_offset, generator)
    if params.pyramid_noise:
        noise = pyramid_noise(noise, params.pyramid_noise, generator)
    error = errors(predict, scheduler, batch, latents, noise.to(device), t, params.huber)
    if params.min_snr is not None:
        error = error * min_snr_weight(signal_to_noise(scheduler, t), params.min_snr, scheduler.config.prediction_type)
    return error
