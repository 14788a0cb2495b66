"""Which cell is to find which box, and how wrong it is: task alignment (Feng et al. 2021, arXiv 2108.07755)."""

import math
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from dramatis.pocket.detector_net import Raw

REACH = 1.6
"""A cell may find a box whose middle is at most this many strides from its own, across and down."""
TAKEN = 8
"""Cells that learn to find one box."""
SCORE_POWER, IOU_POWER = 0.5, 4.0


class Labels(NamedTuple):
    """Boxes of a batch, filled up to the same number M for each picture."""

    corners: Tensor
    """x0 y0 x1 y1 in input pixels, (N, M, 4)."""
    kinds: Tensor
    """Number of the kind, (N, M), int64."""
    real: Tensor
    """False for a row that only fills up, (N, M)."""


def overlap(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of boxes in the last axis, broadcast over the others."""
    sides = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0)
    shared = sides.prod(-1)
    areas = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1)
    return shared / (areas - shared).clamp(min=1e-6)


def complete_iou(a: Tensor, b: Tensor) -> Tensor:
    """Overlap less penalties for the distance of the middles and for unlike proportions (arXiv 1911.08287)."""
    iou = overlap(a, b)
    hull = torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])
    apart = (a[..., :2] + a[..., 2:] - b[..., :2] - b[..., 2:]).square().sum(-1) / 4
    (aw, ah), (bw, bh) = ((x[..., 2:] - x[..., :2]).clamp(min=1e-3).unbind(-1) for x in (a, b))
    unlike = (4 / math.pi**2) * (torch.atan(bw / bh) - torch.atan(aw / ah)).square()
    weight = (unlike / (1 - iou + unlike).clamp(min=1e-6)).detach()
    return iou - apart / hull.square().sum(-1).clamp(min=1e-6) - weight * unlike


@torch.no_grad()
def assign(raw: Raw, labels: Labels) -> tuple[Tensor, Tensor]:
    """For every box the cells that shall find it, with their target: (N, M, A) bool and (N, M, A) in 0..1.

    Of the cells near its middle, those whose score and overlap are already best; the target of the best is its
    overlap. A cell that two boxes of one kind want goes to the one it overlaps more.
    """
    index = labels.kinds[..., None].expand(-1, -1, raw.logits.shape[2])  # (N, M, A)
    scores = raw.logits.sigmoid().gather(1, index)
    found = raw.corners.gather(1, index[..., None].expand(-1, -1, -1, 4))  # (N, M, A, 4)
    iou = overlap(found, labels.corners[:, :, None])
    middle = (labels.corners[..., :2] + labels.corners[..., 2:]) / 2
    away = (raw.cells[None, None, :, :2] - middle[:, :, None]).abs().amax(-1)  # (N, M, A)
    near = (away < REACH * raw.cells[:, 2]) & labels.real[..., None]
    fit = scores**SCORE_POWER * iou**IOU_POWER * near
    least = fit.topk(TAKEN, dim=2).values[..., -1:]
    taken = near & (fit >= least) & (fit > 0)
    rival = torch.where(taken, iou, -1.0)
    same_kind = labels.kinds[:, :, None] == labels.kinds[:, None]  # (N, M, M)
    best = torch.stack([torch.where(same[:, :, None], rival, -1.0).amax(1) for same in same_kind.unbind(1)], 1)
    taken &= iou >= best
    fit = fit * taken
    target = fit / fit.amax(2, keepdim=True).clamp(min=1e-12) * (iou * taken).amax(2, keepdim=True)
    return taken, target


def detection_loss(raw: Raw, labels: Labels, box_weight: float) -> Tensor:
    """Cross-entropy of the scores and 1 - CIoU of the boxes that were assigned, both by the sum of the targets."""
    taken, target = assign(raw, labels)
    total = target.sum().clamp(min=1)
    wanted = torch.zeros_like(raw.logits)  # (N, K, A)
    index = labels.kinds[..., None].expand_as(target)
    wanted.scatter_reduce_(1, index, target, "amax")
    scores = binary_cross_entropy_with_logits(raw.logits, wanted, reduction="sum")
    picture, box, cell = taken.nonzero(as_tuple=True)
    if not len(picture):
        return scores / total
    found = raw.corners[picture, labels.kinds[picture, box], cell]
    gap = 1 - complete_iou(found, labels.corners[picture, box])
    return (scores + box_weight * (gap * target[picture, box, cell]).sum()) / total
