"""A batch: the pictures of one draw, each with its caption as it is read this time."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from dramatis.core import seeds
from dramatis.train.captions import vary
from dramatis.train.params import TrainParams
from dramatis.train.plan import Draw, Plan


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
    """What the device works on at once."""

    mean: torch.Tensor  # (B, C, H, W)
    std: torch.Tensor  # (B, C, H, W)
    captions: list[str]  # B
    weights: torch.Tensor  # (B,), of each picture's loss; the loop divides by the size of a full step
    maps: torch.Tensor  # (B, H, W), of each latent's loss, mean 1
    time_ids: torch.Tensor  # (B, 6): original height, width, top and left of the cut, target height, width [px]
    control: torch.Tensor | None  # (B, 3, H, W) [px, 0..1], control images; None without


def caption_of(caption: str, params: TrainParams, plan: Plan, epoch: int, draw: Draw) -> str:
    """A caption as it is read in one epoch: the same whatever was drawn before and beside it."""
    rng = seeds.rng(plan.seed, plan.name, epoch, plan.keys[draw.row], draw.copy, "caption")
    return vary(caption, rng, **params.captions.model_dump(exclude={"tokens"}), names=plan.names[draw.row])


def batch_of(items: Sequence[Item], params: TrainParams, plan: Plan, epoch: int, draws: Sequence[Draw]) -> Batch:
    """A batch of the plan.

    Args:
        items: one for each row of the plan.
        params: of the phase.
        plan: of the phase.
        epoch: from 0.
        draws: as the plan has them, of one bucket.
    """
    chosen = [items[draw.row] for draw in draws]
    control = [item.control for item in chosen if item.control is not None]
    return Batch(
        mean=torch.stack([item.mean for item in chosen]),
        std=torch.stack([item.std for item in chosen]),
        captions=[
            caption_of(item.caption, params, plan, epoch, draw) for item, draw in zip(chosen, draws, strict=True)
        ],
        weights=torch.tensor([params.prior.weight if item.prior else 1.0 for item in chosen]),
        maps=torch.stack([item.loss_map for item in chosen]),
        time_ids=torch.stack([item.time_ids for item in chosen]),
        control=torch.stack(control) if len(control) == len(chosen) else None,
    )
