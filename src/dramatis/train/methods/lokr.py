"""Method `lokr`: updates that are the Kronecker product of a small and a larger matrix (KronA, arXiv 2212.10650).

The larger one is of low rank, or whole where `rank` is at least half of its longer side. Shapes, names and first
numbers are those of LyCORIS 4 (arXiv 2309.14859), without Tucker forms.
"""

import math

import torch
from torch import nn

from dramatis.diffusion.model import Model
from dramatis.train.params import AdapterParams, TrainParams
from dramatis.train.updates import Update, Updates, uniform


def factors(size: int, factor: int | None) -> tuple[int, int]:
    """Two numbers of which a side is the product, the smaller first: 250 is 10 · 25, and with factor 4 it is 2 · 125.

    Args:
        size: of the side.
        factor: wanted as the smaller one; if it does not divide the side, the largest divisor below it; None is the
            divisor next to the root.
    """
    if factor is not None and size % factor == 0:
        return min(factor, size // factor), max(factor, size // factor)
    limit = min(math.isqrt(size), factor or size)
    small = max(number for number in range(1, limit + 1) if size % number == 0)
    return small, size // small


class Kronecker(Update):
    """The update w1 ⊗ w2 of one layer, w2 whole or alpha / rank · (w2_a w2_b); w2 or w2_b begins as zeros.

    The scale counts for a low-rank w2 only, as in LyCORIS.
    """

    def __init__(self, shape: torch.Size, rank: int, alpha: float, params: AdapterParams, generator: torch.Generator):
        super().__init__(shape, rank, alpha, params, generator)
        (a, b), (c, d) = factors(shape[0], params.factor), factors(shape[1], params.factor)
        self.inner = (b, d, *shape[2:])  # of w2
        self.lokr_w1 = uniform((a, c), generator)
        self.whole = rank >= max(b, d) / 2
        if self.whole:
            self.alpha, self.scale = float(rank), 1.0
            self.lokr_w2 = nn.Parameter(torch.zeros(self.inner))
        else:
            self.lokr_w2_a = uniform((b, rank), generator)
            self.lokr_w2_b = nn.Parameter(torch.zeros(rank, d * shape[2:].numel()))

    def weight(self) -> torch.Tensor:
        right = self.lokr_w2 if self.whole else (self.lokr_w2_a @ self.lokr_w2_b).view(self.inner)
        left = (self.lokr_w1 * self.scale).view(*self.lokr_w1.shape, *[1] * (right.dim() - 2))
        return torch.kron(left, right)


class Lokr(Updates):
    """A base with LoKr updates."""

    kind = Kronecker


def build(model: Model, params: TrainParams, triggers: dict[str, str]) -> Lokr:
    """The method around a base, updates at zero."""
    return Lokr(model, params)
