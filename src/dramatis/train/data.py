"""The training set of a run: which rows of the dataset, and their latents."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from numpy.typing import NDArray
from tqdm import tqdm

from dramatis.core.errors import InputError
from dramatis.core.images import Image, decode, resize
from dramatis.core.tables import box_of, read_rows
from dramatis.train.batches import Item
from dramatis.train.focus import fitted, loss_map

COLUMNS = ["id", "image", "caption", "character", "trigger", "face", "width_px", "height_px", "bucket", "weight"]

Row = dict[str, Any]


def rows_of(dataset: Path, characters: Sequence[str], with_prior: bool) -> list[Row]:
    """Rows of the dataset that a run trains on, sorted by id; regularization rows have no character.

    Raises:
        MissingError: the dataset is not there.
        InputError: a character is not in it, or has no picture that counts.
    """
    everyone = read_rows(dataset / "train.parquet", "dataset", COLUMNS)
    counts = Counter(row["character"] for row in everyone if row["weight"] > 0)
    for character in characters:
        if character not in counts:
            named = any(row["character"] == character for row in everyone)
            problem = "all its pictures have weight 0" if named else "no such character in the training set"
            raise InputError(
                f"{dataset / 'train.parquet'}: {character}",
                f"{problem}; it has {_listed(counts)}",
                "Mend `runs.<run>.characters` in params.yaml, or name the character in cast.yaml",
            )
    rows = [row for row in everyone if row["character"] in characters]
    if with_prior:
        rows += read_rows(dataset / "regularization.parquet", "dataset", COLUMNS)
    return sorted(rows, key=lambda row: row["id"])


def _listed(counts: Counter) -> str:
    return ", ".join(f"{name} ({count})" for name, count in sorted(counts.items())) or "nobody"


def fit(image: Image, width: int, height: int) -> Image:
    """A picture that fills width x height [px]: scaled until it covers them, the overhang cut off on both sides."""
    rows, columns = image.shape[:2]
    scale = max(width / columns, height / rows)
    wide, high = max(width, round(columns * scale)), max(height, round(rows * scale))
    left, top = (wide - width) // 2, (high - height) // 2
    return resize(image, wide, high)[top : top + height, left : left + width]


@torch.no_grad()
def latents(pipeline: StableDiffusionPipeline, images: Sequence[Image]) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of the scaled latents, each (B, C, H / f, W / f), of pictures of one size."""
    pixels = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 127.5 - 1  # (B, 3, H, W), -1..1
    vae = pipeline.vae
    spread = vae.encode(pixels.to(vae.device, vae.dtype)).latent_dist
    scale = vae.config.scaling_factor
    return (spread.mean * scale).float().cpu(), (spread.std * scale).float().cpu()


def items_of(pipeline: StableDiffusionPipeline, rows: Sequence[Row], batch_size: int, face_weight: float) -> list[Item]:
    """Every row with its latents, which are worked out once: the noise of the VAE is drawn anew in each step."""
    return list(_items(pipeline, rows, batch_size, face_weight))


def _items(
    pipeline: StableDiffusionPipeline, rows: Sequence[Row], batch_size: int, face_weight: float
) -> Iterator[Item]:
    for start in tqdm(range(0, len(rows), batch_size), desc="latents", unit="batch"):
        part = rows[start : start + batch_size]
        for bucket in sorted({row["bucket"] for row in part}):
            same = [row for row in part if row["bucket"] == bucket]
            width, height = (int(side) for side in bucket.split("x"))
            means, stds = latents(pipeline, [fit(decode(r["image"]["bytes"], r["id"]), width, height) for r in same])
            for row, mean, std in zip(same, means, stds, strict=True):
                weights = loss_map(_face(row, width, height, mean), *mean.shape[:0:-1], face_weight)
                yield Item(row["caption"], row["weight"], bucket, row["character"] is None, mean, std, weights)


def _face(row: Row, width: int, height: int, latent: torch.Tensor) -> NDArray[np.float64] | None:
    """Box of the face of a row [latents], in its bucket of width x height [px]."""
    if row["face"] is None:
        return None
    box = fitted(box_of(row["face"]), (row["width_px"], row["height_px"]), (width, height))
    return box * latent.shape[-1] / width
