"""Which pictures a step trains on: drawn by weight, from the seed and the step alone."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from dramatis.core import seeds
from dramatis.train.captions import vary
from dramatis.train.params import TrainParams


@dataclass(frozen=True)
class Item:
    """One picture of the training set, ready to be drawn."""

    caption: str
    weight: float
    bucket: str
    prior: bool
    mean: torch.Tensor  # (C, H, W), of the scaled latent's distribution
    std: torch.Tensor  # (C, H, W)
    loss_map: torch.Tensor  # (H, W), weight of each latent's loss
    time_ids: torch.Tensor  # (6,), as in `Batch`
    control: torch.Tensor | None  # (3, H, W) [px, 0..1]


@dataclass(frozen=True)
class Batch:
    """What one step trains on."""

    mean: torch.Tensor  # (B, C, H, W)
    std: torch.Tensor  # (B, C, H, W)
    captions: list[str]  # B
    weights: (
        torch.Tensor
    )  # (B,), of each picture's loss; a smaller last batch needs no more, the loop divides by its size
    maps: torch.Tensor  # (B, H, W), of each latent's loss, mean 1
    time_ids: torch.Tensor  # (B, 6): original height, width, top and left of the cut, target height, width [px]
    control: torch.Tensor | None  # (B, 3, H, W) [px, 0..1], control images; None without


def draw(weights: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Indices of `count` items drawn by weight, without repeats as long as there are enough items."""
    able = np.flatnonzero(weights > 0)
    chances = weights[able] / weights[able].sum()
    return able[rng.choice(len(able), size=count, replace=len(able) < count, p=chances)]


def pick(items: list[Item], params: TrainParams, run: str, step: int) -> list[int]:
    """Indices of the items of one step: all of one bucket, the share of regularization among them at the end."""
    rng = seeds.rng(params.seed, run, step, "batch")
    weights = np.array([item.weight for item in items], float)
    prior = np.array([item.prior for item in items])
    names = sorted({item.bucket for item in items if not item.prior})
    inside = {name: np.array([item.bucket == name for item in items]) for name in names}
    shares = np.array([weights[inside[name] & ~prior].sum() for name in names])
    bucket = inside[names[draw(shares, 1, rng)[0]]]
    regular = bucket & prior & (weights > 0)
    guests = round(params.batch_size * (params.prior.share or 0)) if regular.any() else 0
    chosen = draw(np.where(bucket & ~prior, weights, 0), params.batch_size - guests, rng).tolist()
    return chosen + (draw(np.where(regular, weights, 0), guests, rng).tolist() if guests else [])


def batch_of(items: list[Item], params: TrainParams, run: str, step: int) -> Batch:
    """The batch of one step: the same whatever was drawn before."""
    chosen = pick(items, params, run, step)
    captions = [
        vary(
            items[i].caption,
            seeds.rng(params.seed, run, step, "caption", slot),
            **params.captions.model_dump(exclude={"tokens"}),
        )
        for slot, i in enumerate(chosen)
    ]
    return Batch(
        mean=torch.stack([items[i].mean for i in chosen]),
        std=torch.stack([items[i].std for i in chosen]),
        captions=captions,
        weights=torch.tensor([params.prior.weight if items[i].prior else 1.0 for i in chosen]),
        maps=torch.stack([items[i].loss_map for i in chosen]),
        time_ids=torch.stack([items[i].time_ids for i in chosen]),
        control=None,
    )
