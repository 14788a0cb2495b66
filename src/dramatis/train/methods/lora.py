"""Method `lora`: low-rank adapters on UNet and text encoders (Hu et al., arXiv 2106.09685), through peft.

With `dora` the length of each row of a weight is learned apart from its direction (Liu et al., arXiv 2402.09353).
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import torch
from peft import LoraConfig
from peft.tuners.lora import LoraLayer
from torch import nn

from dramatis.core import seeds
from dramatis.diffusion.model import Model
from dramatis.train.adapters import CONVOLUTION, Adapters, places, suffixes
from dramatis.train.params import TrainParams
from dramatis.train.updates import product

if TYPE_CHECKING:
    from diffusers import ModelMixin
    from transformers import CLIPTextModel

NAME = "default"
"""Of the adapter inside peft."""
LARGE = 1 << 20
"""Numbers of a weight above which its update stays apart: 4 MB for each adapted layer."""


class Lora(Adapters):
    """A base with adapters of which only the low-rank matrices learn, and the lengths of DoRA."""

    def attach(self, part: str, module: "ModelMixin | CLIPTextModel") -> list[nn.Dropout]:
        lora = self.params.adapter
        unet = part == "unet"
        config = LoraConfig(
            r=lora.rank if unet else lora.text_rank,
            lora_alpha=lora.alpha if unet else lora.text_alpha,
            rank_pattern=dict.fromkeys(CONVOLUTION, lora.conv_rank) if unet and lora.conv_rank else {},
            alpha_pattern=dict.fromkeys(CONVOLUTION, lora.conv_alpha) if unet and lora.conv_alpha else {},
            lora_dropout=lora.dropout,
            use_dora=lora.dora,
            target_modules=suffixes(part, lora),
        )
        if lora.dora:  # lengths of rows need more digits than half precision has
            for place in places(part, module, lora):
                place.layer.weight.data = place.layer.weight.data.float()
        with torch.random.fork_rng():  # peft draws the matrices from the global generator
            torch.manual_seed(seeds.derive(self.params.seed, "adapter", part))
            module.add_adapter(config)
        layers = [layer for layer in module.modules() if isinstance(layer, LoraLayer)]
        if not (lora.dora or lora.dropout):
            for layer in layers:
                layer.forward = partial(forward, layer, layer.forward)
        found = [inner for layer in layers for inner in layer.lora_dropout.values()]
        return [inner for inner in found if isinstance(inner, nn.Dropout)]

    def parameters(self) -> dict[str, dict[str, nn.Parameter]]:
        return {
            part: {name: tensor for name, tensor in module.named_parameters() if ".lora_" in name}
            for part, module in self.parts.items()
        }

    def layers(self, part: str) -> Iterator[tuple[str, float, dict[str, torch.Tensor]]]:
        for name, layer in self.parts[part].named_modules():
            if isinstance(layer, LoraLayer):
                down, up = layer.lora_A[NAME].weight, layer.lora_B[NAME].weight
                own = {"lora_down.weight": down, "lora_up.weight": up}
                if NAME in layer.lora_magnitude_vector:
                    own["dora_scale"] = lengths(layer.lora_magnitude_vector[NAME].weight, layer.weight)
                yield name, layer.lora_alpha[NAME], own


def forward(layer: LoraLayer, apart: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """What a layer with an adapter gives: the update is added to the weight, so that there is one product, not three.

    As `apart`, peft's own way, with other rounding. That one is taken without gradients, so that readers of the file
    get the same bits; in half precision, where small updates would vanish in the sum; and of large weights, of which a
    copy would be kept until the gradient is there.
    """
    base = layer.get_base_layer()
    weight = base.weight
    half = weight.dtype != torch.float32 or torch.is_autocast_enabled(x.device.type)
    if half or weight.numel() > LARGE or not torch.is_grad_enabled():
        return apart(x)
    up, down = layer.lora_B[NAME].weight.flatten(1), layer.lora_A[NAME].weight.flatten(1)
    whole = torch.addmm(weight.flatten(1), up, down, alpha=layer.scaling[NAME]).view_as(weight)
    return product(base, x, whole, base.bias)


def lengths(magnitude: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """DoRA's lengths of rows in the shape that LyCORIS gives them: (out, 1) or (out, 1, 1, 1)."""
    return magnitude.reshape(-1, *[1] * (weight.dim() - 1))


def build(model: Model, params: TrainParams, triggers: dict[str, str]) -> Lora:
    """The method around a base, adapters at zero effect."""
    return Lora(model, params)
