"""Layers whose weight is updated by a small module of its own: what LoHa and LoKr have in common.

peft's layers add a second product with the whole update to the layer's own; in fp32 the update is added to the weight
instead, so that there is one product, as without an adapter.
"""

import math
from collections.abc import Iterator
from functools import partial

import torch
from torch import nn
from torch.nn import functional as F

from dramatis.train.adapters import Adapters, Place, generator_of, places
from dramatis.train.params import AdapterParams

CHILD = "update"
"""Name of the update inside its layer."""


class Update(nn.Module):
    """What is added to the weight of a layer; its parameters are named as in a LyCORIS file.

    Args:
        shape: of the layer's weight: (out, in) or (out, in, height, width).
        rank, alpha: of this layer.
        params: dropout, and what the kind of update reads.
        generator: of the first numbers.
    """

    def __init__(self, shape: torch.Size, rank: int, alpha: float, params: AdapterParams, generator: torch.Generator):
        super().__init__()
        self.shape, self.alpha, self.scale = shape, alpha, alpha / rank
        self.dropout = nn.Dropout(params.dropout).eval()

    def weight(self) -> torch.Tensor:
        """The update, in fp32, shape of the layer's weight; zero as long as nothing was learned."""
        raise NotImplementedError


class Updates(Adapters):
    """A base of which layers have updates, and only the updates learn."""

    kind: type[Update]

    def attach(self, part: str, module: nn.Module) -> list[nn.Dropout]:
        return [self._attach(part, place) for place in places(part, module, self.params.adapter)]

    def _attach(self, part: str, place: Place) -> nn.Dropout:
        layer, generator = place.layer, generator_of(self.params, part, place.name)
        update = self.kind(layer.weight.shape, place.rank, place.alpha, self.params.adapter, generator)
        layer.add_module(CHILD, update.to(layer.weight.device))
        layer.forward = partial(forward, layer)  # type: ignore[method-assign]  # to others it stays what it is
        return update.dropout

    def updates(self, part: str) -> Iterator[tuple[str, Update]]:
        """The updates of a part by the names of their layers."""
        for name, module in self.parts[part].named_modules():
            if isinstance(module, Update):
                yield name.removesuffix(f".{CHILD}"), module

    def parameters(self) -> dict[str, dict[str, nn.Parameter]]:
        return {
            part: {
                f"{layer}.{name}": tensor
                for layer, update in self.updates(part)
                for name, tensor in update.named_parameters()
            }
            for part in self.parts
        }

    def layers(self, part: str) -> Iterator[tuple[str, float, dict[str, torch.Tensor]]]:
        for name, update in self.updates(part):
            yield name, update.alpha, dict(update.named_parameters())


def forward(layer: nn.Linear | nn.Conv2d, x: torch.Tensor) -> torch.Tensor:
    """What a layer with an update gives.

    In half precision small updates would vanish in the sum with the weight, and dropout concerns the update's inputs
    alone: then the two products are worked out one by one.
    """
    update = getattr(layer, CHILD)
    with torch.autocast(x.device.type, enabled=False):
        change = update.weight()
    whole = layer.weight.dtype == torch.float32 and not torch.is_autocast_enabled(x.device.type)
    if whole and not (update.dropout.training and update.dropout.p):
        return product(layer, x, layer.weight + change, layer.bias)
    own = product(layer, x, layer.weight, layer.bias)
    return own + product(layer, update.dropout(x), change.to(layer.weight.dtype), None)


def product(
    layer: nn.Linear | nn.Conv2d, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None
) -> torch.Tensor:
    """A layer's operation with another weight and bias."""
    if isinstance(layer, nn.Linear):
        return F.linear(x, weight, bias)
    return F.conv2d(x, weight, bias, layer.stride, layer.padding, layer.dilation, layer.groups)


def normal(shape: tuple[int, ...], deviation: float, generator: torch.Generator) -> nn.Parameter:
    """Numbers of a normal distribution around zero."""
    return nn.Parameter(torch.randn(shape, generator=generator) * deviation)


def uniform(shape: tuple[int, ...], generator: torch.Generator) -> nn.Parameter:
    """He's uniform distribution with the slope of the square root of 5, as torch begins its layers: ±1 / √inputs."""
    return nn.Parameter((torch.rand(shape, generator=generator) * 2 - 1) / math.prod(shape[1:]) ** 0.5)
