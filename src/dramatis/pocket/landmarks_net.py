"""The network of the pocket landmark model: down to a sixteenth of the side and up again to a quarter."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, interpolate, smooth_l1_loss

from dramatis.backends.landmarks import POINTS
from dramatis.pocket.residual import Residual, biased, convolution

STRIDE = 4
SPREAD = 1.0
"""Deviation of the heatmap of a point that is surely there [cells]."""


class Landmarker(nn.Module):
    """A heatmap for each of 68 points."""

    def __init__(self, widths: Sequence[int], neck: int):
        super().__init__()
        half, quarter, eighth, least = widths
        self.stem = nn.Sequential(convolution(3, half, 2), nn.ReLU())
        self.levels = nn.ModuleList(
            [Residual(half, quarter, 2), Residual(quarter, eighth, 2), Residual(eighth, least, 2)]
        )
        self.side = nn.ModuleList(nn.Conv2d(width, neck, 1) for width in (quarter, eighth, least))
        self.join = nn.ModuleList(nn.Sequential(convolution(neck, neck), nn.ReLU()) for _ in range(2))
        self.last = biased(nn.Conv2d(neck, POINTS, 1), -4.0)  # at first, no point is anywhere

    def logits(self, images: Tensor) -> Tensor:
        """RGB pictures (N, 3, S, S) in 0..1 to logits (N, 68, S / 4, S / 4)."""
        x, features = self.stem(images - 0.45), []
        for level in self.levels:
            x = level(x)
            features.append(x)
        merged = self.side[2](features[2])
        for side, join, feature in zip(self.side[1::-1], self.join, features[1::-1], strict=True):
            merged = join(side(feature) + interpolate(merged, scale_factor=2.0, mode="nearest"))
        return self.last(merged)

    def forward(self, images: Tensor) -> Tensor:
        """The heatmaps, in 0..1."""
        return self.logits(images).sigmoid()


def middles(size: int) -> Tensor:
    """Middles of the cells of a line [cells], shape (size,)."""
    return torch.arange(size) + 0.5


def places(logits: Tensor) -> Tensor:
    """Where the points are [cells], (N, 68, 2), from logits (N, 68, H, W): the mean under their softmax."""
    share = logits.flatten(2).softmax(2).unflatten(2, logits.shape[2:])
    return torch.stack([share.sum(2) @ middles(logits.shape[3]), share.sum(3) @ middles(logits.shape[2])], -1)


def heatmaps(points: Tensor, height: int, width: int) -> Tensor:
    """What should be found: a bell about each point [cells], (N, 68, 2) to (N, 68, H, W); 0 where a point is NaN."""
    x, y = (
        torch.exp(-((middles(size) - points[..., axis, None]) ** 2) / (2 * SPREAD**2))
        for axis, size in ((0, width), (1, height))
    )
    return (y[..., :, None] * x[..., None, :]).nan_to_num(0.0)


def landmark_loss(logits: Tensor, points: Tensor, map_weight: float) -> Tensor:
    """Mean error of the places [cells], and cross-entropy of the heatmaps, summed over a map, times its weight.

    Args:
        logits: (N, 68, H, W).
        points: true places [cells], (N, 68, 2); NaN where there is no face. Those beyond the map count in no place.
    """
    height, width = logits.shape[2:]
    maps = binary_cross_entropy_with_logits(logits, heatmaps(points, height, width), reduction="none").sum((2, 3))
    inside = ((points > 0) & (points < torch.tensor([width, height]))).all(-1)  # NaN is not
    found = places(logits)[inside]
    near = smooth_l1_loss(found, points[inside], beta=0.3) if len(found) else logits.sum() * 0
    return near + map_weight * maps.mean()
