"""The loss of a diffusion model, whatever it predicts."""

from collections.abc import Callable

import torch
from diffusers import DDPMScheduler

from dramatis.train.batches import Batch
from dramatis.train.params import Objective


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


def losses(
    predict: Callable[[torch.Tensor, torch.Tensor, Batch], torch.Tensor],
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
    noise = torch.randn(latents.shape, generator=generator).to(device)
    t = torch.randint(scheduler.config.num_train_timesteps, latents.shape[:1], generator=generator).to(device)
    predicted = predict(scheduler.add_noise(latents, noise, t), t, batch).float()
    squares = (predicted - target(scheduler, latents, noise, t)).pow(2).mean(dim=1)  # (B, H, W)
    error = (squares * batch.maps.to(device)).mean(dim=(1, 2))  # (B,)
    if params.min_snr is not None:
        error = error * min_snr_weight(signal_to_noise(scheduler, t), params.min_snr, scheduler.config.prediction_type)
    return error
