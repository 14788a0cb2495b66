"""Method `lora`: low-rank adapters on UNet and text encoders (Hu et al., arXiv 2106.09685), through peft.

With `dora` the length of each row of a weight is learned apart from its direction (Liu et al., arXiv 2402.09353).
"""

from collections.abc import Iterator

import torch
from peft import LoraConfig
from peft.tuners.lora import LoraLayer
from torch import nn

from dramatis.core import seeds
from dramatis.diffusion.model import Model
from dramatis.train.adapters import CONVOLUTION, Adapters, places, suffixes
from dramatis.train.params import TrainParams

NAME = "default"
"""Of the adapter inside peft."""


class Lora(Adapters):
    """A base with adapters of which only the low-rank matrices learn, and the lengths of DoRA."""

    def attach(self, part: str, module: nn.Module) -> list[nn.Dropout]:
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


def lengths(magnitude: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """DoRA's lengths of rows in the shape that LyCORIS gives them: (out, 1) or (out, 1, 1, 1)."""
    return magnitude.reshape(-1, *[1] * (weight.dim() - 1))


def build(model: Model, params: TrainParams, triggers: dict[str, str]) -> Lora:
    """The method around a base, adapters at zero effect."""
    return Lora(model, params)
