"""The training set of a run: which rows of the dataset, and their latents."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from numpy.typing import NDArray
from tqdm import tqdm

from dramatis.core.buckets import Size, bucket_of, fit, placed
from dramatis.core.errors import InputError
from dramatis.core.images import Image, decode
from dramatis.core.splits import read_plan, read_split
from dramatis.core.tables import box_of
from dramatis.train.batches import Item
from dramatis.train.focus import loss_map

COLUMNS = ["id", "image", "caption", "character", "trigger", "face", "keep", "width_px", "height_px"]

Row = dict[str, Any]


def rows_of(dataset: Path, characters: Sequence[str], with_prior: bool) -> list[Row]:
    """Rows of the dataset that a run trains on, sorted by id; regularization rows have no character.

    Each has the `bucket` and the `per_epoch` of the plan; a picture that the plan never shows is not among them.

    Raises:
        MissingError: the dataset is not there.
        InputError: a character is not in it, or has no picture that counts.
    """
    plan = read_plan(dataset, "characters")
    named = read_split(dataset, "characters", "train", ["id", "character"])
    counts = Counter(row["character"] for row in named if plan[row["id"]]["per_epoch"] > 0)
    for character in characters:
        if character not in counts:
            known = any(row["character"] == character for row in named)
            problem = "the plan shows none of its pictures" if known else "no such character in the training set"
            raise InputError(
                f"{dataset / 'plan.parquet'}: {character}",
                f"{problem}; it has {_listed(counts)}",
                "Mend `runs.<run>.characters` in params.yaml, or name the character in cast.yaml",
            )
    rows = _planned(read_split(dataset, "characters", "train", COLUMNS, [("character", "in", list(characters))]), plan)
    if with_prior:
        rows += _planned(read_split(dataset, "regularization", "train", COLUMNS), read_plan(dataset, "regularization"))
    return sorted(rows, key=lambda row: row["id"])


def _planned(rows: Sequence[Row], plan: Mapping[str, Row]) -> list[Row]:
    return [row | plan[row["id"]] for row in rows if plan[row["id"]]["per_epoch"] > 0]


def _listed(counts: Counter) -> str:
    return ", ".join(f"{name} ({count})" for name, count in sorted(counts.items())) or "nobody"


def small_buckets(rows: Sequence[Row], batch_size: int) -> list[str]:
    """A line on each bucket from which a step must repeat pictures."""
    counts = Counter(row["bucket"] for row in rows if row["character"] is not None)
    return [
        f"bucket {name} has {count} picture{'s' if count > 1 else ''} of the run's characters, a step takes up to "
        f"{batch_size}: it repeats some"
        for name, count in sorted(counts.items())
        if count < batch_size
    ]


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
            size = bucket_of(bucket)
            means, stds = latents(pipeline, [fit(decode(r["image"]["bytes"], r["id"]), size, _keep(r)) for r in same])
            for row, mean, std in zip(same, means, stds, strict=True):
                weights = loss_map(_face(row, size, mean), *mean.shape[:0:-1], face_weight)
                times = torch.tensor([row["height_px"], row["width_px"], 0, 0, size[1], size[0]], dtype=torch.float32)
                prior = row["character"] is None
                yield Item(row["caption"], row["per_epoch"], bucket, prior, mean, std, weights, times, None)


def _keep(row: Row) -> list[int] | None:
    """Box that no cut may touch [px]."""
    return box_of(row["keep"]) if row["keep"] else None


def _face(row: Row, bucket: Size, latent: torch.Tensor) -> NDArray[np.float64] | None:
    """Box of the face of a row [latents], in its bucket."""
    if row["face"] is None:
        return None
    box = placed(box_of(row["face"]), (row["width_px"], row["height_px"]), bucket, _keep(row))
    return box * latent.shape[-1] / bucket[0]
