"""A small residual network: the trunk of the pocket embedder and of the pocket tagger."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

NARROW = 64
"""Channels of the last features, at every place that is left."""


def convolution(before: int, after: int, stride: int = 1) -> nn.Sequential:
    """A 3 by 3 convolution and its batch norm, without activation."""
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after))


def biased(layer: nn.Conv2d, value: float) -> nn.Conv2d:
    """The same layer with one value in all its biases."""
    if layer.bias is not None:
        nn.init.constant_(layer.bias, value)
    return layer


class Residual(nn.Module):
    """Two convolutions beside a short cut; the first may halve the side and change the width."""

    def __init__(self, before: int, after: int, stride: int = 1):
        super().__init__()
        self.first, self.second = convolution(before, after, stride), convolution(after, after)
        same = before == after and stride == 1
        self.short = (
            nn.Identity()
            if same
            else nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, before, H, W) to (N, after, H / stride, W / stride)."""
        return torch.relu(self.short(x) + self.second(torch.relu(self.first(x))))


def trunk(size_px: int, widths: Sequence[int], blocks: Sequence[int]) -> tuple[nn.Sequential, int]:
    """Pictures (N, 3, S, S) to features (N, F), and F.

    A convolution of stride 2, then a level of residual blocks for each width; every level after the first halves
    the side. What is left is narrowed and laid out as it is, not averaged: eyes and mouth have their place in a head
    crop, and after 200 steps the embedder's error on unseen people was 3.2 % so, 4.8 % with a mean.
    """
    layers: list[nn.Module] = [convolution(3, widths[0], 2), nn.ReLU()]
    before = widths[0]
    for level, (width, count) in enumerate(zip(widths, blocks, strict=True)):
        for block in range(count):
            layers.append(Residual(before, width, 2 if level and not block else 1))
            before = width
    narrow = [nn.Conv2d(before, NARROW, 1, bias=False), nn.BatchNorm2d(NARROW), nn.ReLU(), nn.Flatten()]
    return nn.Sequential(*layers, *narrow), NARROW * (size_px >> len(widths)) ** 2


@torch.no_grad()
def calibrate(net: nn.Module, batch: Callable[[int], Tensor], steps: int) -> None:
    """Measures the mean and variance of every batch norm anew, on `steps` batches, and leaves `net` in eval mode.

    So the exported statistics belong to the averaged weights, and a checkpoint need not hold them.
    """
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over the batches
    net.train()
    for step in range(steps):
        net(batch(step))
    net.eval()
    for norm in norms:
        norm.momentum = 0.1
