"""Method `loha`: updates that are the elementwise product of two low-rank matrices (FedPara, arXiv 2108.06098).

Their rank reaches the square of `rank`. Shapes, names and first numbers are those of LyCORIS 4 (arXiv 2309.14859), from
which the rates of published recipes come; peft draws other first numbers.
"""

from typing import Any

import torch
from torch import nn

from dramatis.diffusion.model import Model
from dramatis.train.params import AdapterParams, TrainParams
from dramatis.train.updates import Update, Updates, normal


class Product(torch.autograd.Function):
    """(a @ b) * (c @ d), which keeps only the four factors for the way back, not the two products as autograd would."""

    @staticmethod
    def forward(ctx: Any, a: torch.Tensor, b: torch.Tensor, c: torch.Tensor, d: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(a, b, c, d)
        return (a @ b).mul_(c @ d)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, ...]:
        a, b, c, d = ctx.saved_tensors
        left, right = gradient * (c @ d), gradient * (a @ b)
        return left @ b.T, a.T @ left, right @ d.T, c.T @ right


class Hadamard(Update):
    """The update alpha / rank · (w1_a w1_b) ∘ (w2_a w2_b) of one layer; w2_a begins as zeros."""

    def __init__(self, shape: torch.Size, rank: int, alpha: float, params: AdapterParams, generator: torch.Generator):
        super().__init__(shape, rank, alpha, params, generator)
        out, inputs = shape[0], shape[1:].numel()
        self.hada_w1_a = normal((out, rank), 0.1, generator)
        self.hada_w1_b = normal((rank, inputs), 1.0, generator)
        self.hada_w2_a = nn.Parameter(torch.zeros(out, rank))
        self.hada_w2_b = normal((rank, inputs), 1.0, generator)

    def weight(self) -> torch.Tensor:
        left = self.hada_w1_a * self.scale  # the smallest place for the scale
        return Product.apply(left, self.hada_w1_b, self.hada_w2_a, self.hada_w2_b).view(self.shape)


class Loha(Updates):
    """A base with LoHa updates."""

    kind = Hadamard


def build(model: Model, params: TrainParams, triggers: dict[str, str]) -> Loha:
    """The method around a base, updates at zero."""
    return Loha(model, params)
