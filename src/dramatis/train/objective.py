"""The loss of a diffusion model, whatever it predicts."""

import torch
from diffusers import DDPMScheduler


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


def diffusion_loss(
    unet: torch.nn.Module,
    scheduler: DDPMScheduler,
    latents: torch.Tensor,
    conditioning: torch.Tensor,
    weights: torch.Tensor,
    generator: torch.Generator,
    min_snr: float | None = None,
) -> torch.Tensor:
    """Mean squared error of the model's prediction at random timesteps, a scalar.

    Args:
        unet: predicts from noisy latents, timesteps and conditioning.
        scheduler: knows the noise schedule and what is predicted.
        latents: scaled latents, shape (B, C, H, W).
        conditioning: hidden states of the captions, shape (B, T, D).
        weights: weight of each latent's loss, shape (B, H, W).
        generator: on the CPU, so that every device sees the same noise.
        min_snr: gamma of min-SNR weighting; None is off.
    """
    noise = torch.randn(latents.shape, generator=generator).to(latents.device)
    t = torch.randint(scheduler.config.num_train_timesteps, latents.shape[:1], generator=generator).to(latents.device)
    noisy = scheduler.add_noise(latents, noise, t)
    predicted = unet(noisy, t, conditioning).sample.float()
    squares = (predicted - target(scheduler, latents, noise, t)).pow(2).mean(dim=1)  # (B, H, W)
    error = (squares * weights).mean(dim=(1, 2))  # (B,)
    if min_snr is not None:
        error = error * min_snr_weight(signal_to_noise(scheduler, t), min_snr, scheduler.config.prediction_type)
    return error.mean()
