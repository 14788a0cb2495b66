"""The pocket autoencoder (AutoencoderKL): 64 px pictures to latents of 16 by 16."""

from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from numpy.typing import NDArray
from torch import Tensor

from dramatis.core import seeds
from dramatis.core.tables import whole_folder
from dramatis.pocket.bank import SIZE_PX, Bank, draw, read_bank
from dramatis.pocket.loop import Training, train
from dramatis.pocket.params import VaeParams


def new_vae(params: VaeParams) -> AutoencoderKL:
    """An untrained autoencoder; no attention in the middle, which costs much and adds little at this size."""
    levels = len(params.widths)
    torch.manual_seed(seeds.derive(params.seed, "pocket", "vae", "weights"))
    return AutoencoderKL(
        block_out_channels=params.widths,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        layers_per_block=1,
        norm_num_groups=8,
        latent_channels=params.latent_channels,
        mid_block_add_attention=False,
        sample_size=SIZE_PX,
    )


def as_tensor(images: NDArray[np.uint8]) -> Tensor:
    """Pictures (N, H, W, 3) as float (N, 3, H, W) in -1..1."""
    return torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))).float() / 127.5 - 1


def as_images(batch: Tensor) -> NDArray[np.uint8]:
    """The way back: float (N, 3, H, W) in -1..1 as pictures (N, H, W, 3)."""
    return ((batch.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()


def crops(bank: Bank, params: VaeParams, step: int) -> tuple[Tensor, Tensor]:
    """The batch of a step: pictures (B, 3, S, S) in -1..1 and the weight of each pixel (B, 1, S, S).

    While S is smaller than the picture, every second crop is centred near the face. A step on crops sees as
    many pixels as one on whole pictures.
    """
    rng = seeds.rng(params.seed, "pocket", "vae", step)
    size = params.crop_px if step < params.crop_share * params.steps else SIZE_PX
    count = params.batch * (SIZE_PX // size) ** 2
    images, weights = np.empty((count, size, size, 3), np.uint8), np.ones((count, 1, size, size), np.float32)
    for slot, index in enumerate(rng.integers(len(bank.images), size=count)):
        x0, y0, x1, y1 = face = bank.faces[index]
        corner = rng.integers(SIZE_PX - size + 1, size=2)  # (x, y)
        if slot % 2 and face.any():
            centre = np.array([x0 + x1, y0 + y1]) / 2 + rng.normal(0, size / 8, 2)
            corner = np.clip(centre - size / 2, 0, SIZE_PX - size).astype(int)
        left, top = int(corner[0]), int(corner[1])
        weight = np.ones((SIZE_PX, SIZE_PX), np.float32)
        weight[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = params.face_weight
        flip = slice(None, None, -1 if rng.random() < 0.5 else 1)
        images[slot] = bank.images[index, top : top + size, left : left + size][:, flip]
        weights[slot, 0] = weight[top : top + size, left : left + size][:, flip]
    return as_tensor(images), torch.from_numpy(weights)


def reconstruction_loss(made: Tensor, wanted: Tensor, weight: Tensor, edge: float, square: float) -> Tensor:
    """Weighted mean of |error| + `square` error² + `edge` |error of the differences between neighbours|."""
    error = made - wanted  # (B, 3, S, S)
    pixels = (weight * (error.abs() + square * error.square())).mean()
    across, down = error[..., 1:] - error[..., :-1], error[..., 1:, :] - error[..., :-1, :]
    return pixels + edge * ((weight[..., 1:] * across.abs()).mean() + (weight[..., 1:, :] * down.abs()).mean())


@torch.no_grad()
def encode(vae: AutoencoderKL, images: NDArray[np.uint8], batch: int = 32) -> Tensor:
    """Means of the latents, unscaled, shape (N, C, S / 4, S / 4)."""
    parts = [vae.encode(as_tensor(images[i : i + batch])).latent_dist.mean for i in range(0, len(images), batch)]
    return torch.cat(parts)


@torch.no_grad()
def reconstruct(vae: AutoencoderKL, images: NDArray[np.uint8], batch: int = 32) -> NDArray[np.uint8]:
    """Pictures after the way to latents and back."""
    latents = encode(vae, images, batch)
    return np.concatenate([as_images(vae.decode(part).sample) for part in latents.split(batch)])


def psnr(made: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> float:
    """Mean over pictures of the peak signal-to-noise ratio [dB]; higher is better."""
    error = made.astype(np.float64) - wanted
    mean = np.maximum((error**2).reshape(len(error), -1).mean(1), 1e-6)
    return float((10 * np.log10(255**2 / mean)).mean())


def unseen(seed: int, count: int) -> NDArray[np.uint8]:
    """Pictures that no training sees, shape (count, 64, 64, 3)."""
    return np.stack([draw(seed, "unseen", index).image for index in range(count)])


def train_vae(params: VaeParams, bank_folder: Path, state: Path, out: Path) -> None:
    """Trains the autoencoder and writes it as a diffusers folder, with the measured scaling factor in its config."""
    torch.set_num_threads(params.threads)
    bank, vae = read_bank(bank_folder), new_vae(params)
    held_out = unseen(params.seed, 64)

    def loss(step: int) -> Tensor:
        images, weight = crops(bank, params, step)
        noise = torch.Generator().manual_seed(seeds.derive(params.seed, "pocket", "vae", "noise", step))
        latent = vae.encode(images).latent_dist
        made = vae.decode(latent.sample(noise)).sample
        near = reconstruction_loss(made, images, weight, params.edge_weight, params.square_weight)
        return near + params.kl_weight * latent.kl().mean() / latent.mean[0].numel()

    def export() -> None:
        vae.eval()
        spread = encode(vae, bank.images[:1024]).std()
        vae.register_to_config(scaling_factor=round(float(1 / spread), 5))
        with whole_folder(out) as folder:
            vae.save_pretrained(folder)
            (folder / "diffusion_pytorch_model.safetensors").chmod(0o644)
        with (state / "psnr.csv").open("a") as log:
            log.write(f"{training.step},{psnr(reconstruct(vae, held_out), held_out):.3f}\n")
        vae.train()

    training = Training(vae, params)
    train(training, loss, state, export)
