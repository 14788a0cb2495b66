"""The network of the pocket detector: a small pyramid without anchors, whose output has the layout of YOLOv8."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from dramatis.detect.schema import KINDS
from dramatis.pocket.residual import Residual, biased, convolution

STRIDES = (8, 16, 32)


class Raw(NamedTuple):
    """What the network says of every cell, for each kind K, over the cells A of all strides."""

    logits: Tensor
    """Is a box of this kind here? (N, K, A)."""
    corners: Tensor
    """Boxes x0 y0 x1 y1 in input pixels, (N, K, A, 4)."""
    cells: Tensor
    """Middle of each cell x, y and its stride [px], (A, 3)."""


class Detector(nn.Module):
    """Every cell of three grids says for each kind whether a box is about here, and how far its four sides are.

    Each kind has a box of its own in each cell, because a face and its head share their middle. In the output of
    YOLOv8 these are four groups of anchors, each with a probability in the row of its kind and 0 in the others.
    """

    def __init__(self, widths: Sequence[int], neck: int):
        super().__init__()
        half, quarter, *levels = widths
        self.stem = nn.Sequential(convolution(3, half, 2), nn.ReLU(), convolution(half, quarter, 2), nn.ReLU())
        before = (quarter, *levels[:-1])
        self.levels = nn.ModuleList(Residual(a, b, 2) for a, b in zip(before, levels, strict=True))
        self.context = nn.Sequential(*(Residual(levels[-1], levels[-1]) for _ in range(2)))
        self.side = nn.ModuleList(nn.Conv2d(width, neck, 1) for width in levels)
        self.join = nn.ModuleList(nn.Sequential(convolution(neck, neck), nn.ReLU()) for _ in levels)
        self.tower = nn.Sequential(convolution(neck, neck), nn.ReLU(), convolution(neck, neck), nn.ReLU())
        self.kind = biased(nn.Conv2d(neck, len(KINDS), 1), -5.0)  # at first, nearly every cell holds nothing
        self.sides = biased(nn.Conv2d(neck, 4 * len(KINDS), 1), 0.7)  # boxes of four cells
        self.reach = nn.Parameter(torch.zeros(len(STRIDES)))  # log of the usual size at each stride, in cells

    def raw(self, images: Tensor) -> Raw:
        """RGB pictures (N, 3, H, W) in 0..1, sides multiples of 32, to what every cell says."""
        x, features = self.stem(images - 0.45), []
        for level in self.levels:
            x = level(x)
            features.append(x)
        features[-1] = self.context(features[-1])
        merged: list[Tensor] = []
        for side, feature in zip(reversed(self.side), reversed(features), strict=True):
            feature = side(feature)
            if merged:
                feature = feature + nn.functional.interpolate(merged[0], scale_factor=2.0, mode="nearest")
            merged.insert(0, feature)
        found = [
            self._cells(self.tower(join(m)), stride, reach)
            for join, m, stride, reach in zip(self.join, merged, STRIDES, self.reach, strict=True)
        ]
        logits, corners, cells = (list(part) for part in zip(*found, strict=True))
        return Raw(torch.cat(logits, 2), torch.cat(corners, 2), torch.cat(cells, 0))

    def _cells(self, x: Tensor, stride: int, usual: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """One grid: logits (N, K, a), boxes (N, K, a, 4) and cells (a, 3)."""
        ones = torch.ones_like(x[:1, :1])  # the size of the grid, in a form that an exported graph can vary
        middle = torch.cat([ones.cumsum(3) - 0.5, ones.cumsum(2) - 0.5, ones], 1).flatten(2)[0].T * stride  # (a, 3)
        reach = stride * (self.sides(x) + usual).clamp(-4, 4).exp()  # (N, 4 K, h, w)
        reach = reach.unflatten(1, (len(KINDS), 4)).flatten(3)  # (N, K, 4, a)
        low, high = middle[:, :2].T - reach[:, :, :2], middle[:, :2].T + reach[:, :, 2:]
        return self.kind(x).flatten(2), torch.cat([low, high], 2).transpose(2, 3), middle

    def forward(self, images: Tensor) -> Tensor:
        """RGB pictures (N, 3, H, W) in 0..1 to (N, 4 + K, K A): middle, width, height [px], score of each kind."""
        logits, corners, _ = self.raw(images)
        low, high = corners[..., :2], corners[..., 2:]
        boxes = torch.cat([(low + high) / 2, high - low], -1).flatten(1, 2).transpose(1, 2)  # (N, 4, K A)
        scores = logits.sigmoid()
        count = len(KINDS)
        rows = [nn.functional.pad(scores[:, k : k + 1], (0, 0, k, count - 1 - k)) for k in range(count)]
        return torch.cat([boxes, torch.cat(rows, 2)], 1)
