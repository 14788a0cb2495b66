"""The latents of a training set."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from numpy.typing import NDArray
from tqdm import tqdm

from dramatis.core.buckets import Size, bucket_of, fit, placed
from dramatis.core.images import Image, decode
from dramatis.core.splits import read_split
from dramatis.core.tables import box_of
from dramatis.diffusion.model import Model
from dramatis.train.batches import Item
from dramatis.train.focus import loss_map

Row = dict[str, Any]


@torch.no_grad()
def latents(pipeline: StableDiffusionPipeline, images: Sequence[Image]) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of the scaled latents, each (B, C, H / f, W / f), of pictures of one size."""
    pixels = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 127.5 - 1  # (B, 3, H, W), -1..1
    vae = pipeline.vae
    spread = vae.encode(pixels.to(vae.device, vae.dtype)).latent_dist
    scale = vae.config.scaling_factor
    return (spread.mean * scale).float().cpu(), (spread.std * scale).float().cpu()


def items_of(model: Model, rows: Sequence[Row], dataset: Path, face_weight: float) -> list[Item]:
    """Every row with its latents, which are worked out once: the noise of the VAE is drawn anew in each step."""
    pictures = {
        (config, row["id"]): row["image"]["bytes"]
        for config in sorted({row["config"] for row in rows})
        for row in read_split(dataset, config, "train", ["id", "image"])
    }
    return [
        _item(model, row, pictures[row["config"], row["id"]], face_weight)
        for row in tqdm(rows, desc="latents", unit="picture")
    ]


def _item(model: Model, row: Row, picture: bytes, face_weight: float) -> Item:
    size = bucket_of(row["bucket"])
    (mean,), (std,) = latents(model.pipeline, [fit(decode(picture, row["id"]), size, _keep(row))])
    weights = loss_map(_face(row, size, mean), *mean.shape[:0:-1], face_weight)
    times = torch.tensor([row["height_px"], row["width_px"], 0, 0, size[1], size[0]], dtype=torch.float32)
    prior = row["config"] == "regularization"
    return Item(row["caption"], row["per_epoch"], row["bucket"], prior, mean, std, weights, times, None)


def _keep(row: Row) -> list[int] | None:
    """Box that no cut may touch [px]."""
    return box_of(row["keep"]) if row["keep"] else None


def _face(row: Row, bucket: Size, latent: torch.Tensor) -> NDArray[np.float64] | None:
    """Box of the face of a row [latents], in its bucket."""
    if row["face"] is None:
        return None
    box = placed(box_of(row["face"]), (row["width_px"], row["height_px"]), bucket, _keep(row))
    return box * latent.shape[-1] / bucket[0]
