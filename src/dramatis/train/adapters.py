"""Adapters: which layers of a base get one and of which rank; what the methods lora, loha and lokr have in common."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import nn

from dramatis.core import seeds
from dramatis.diffusion.files import ADAPTER
from dramatis.diffusion.keys import kohya_name
from dramatis.diffusion.model import Model
from dramatis.diffusion.weights import write_weights
from dramatis.train.batches import Batch
from dramatis.train.methods import SAVED, denoised, trained_parts
from dramatis.train.params import AdapterParams, TrainParams

if TYPE_CHECKING:
    from diffusers import ModelMixin
    from transformers import CLIPTextModel

ATTENTION = ["to_q", "to_k", "to_v", "to_out.0"]
DENSE = ["ff.net.0.proj", "ff.net.2", "proj_in", "proj_out"]
POINTWISE = ["conv_shortcut", "time_emb_proj"]
CONVOLUTION = ["conv1", "conv2", "downsamplers.0.conv", "upsamplers.0.conv"]
"""The 3x3 convolutions of a UNet's blocks, which may have a rank of their own."""

TARGETS = {
    "attn": ATTENTION,
    "attn-mlp": ATTENTION + DENSE,
    "full": ATTENTION + DENSE + POINTWISE + CONVOLUTION,
}
TEXT_TARGETS = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]


class Place(NamedTuple):
    """A layer that gets an adapter."""

    name: str
    """Path of the layer inside its part."""
    layer: nn.Linear | nn.Conv2d
    rank: int
    alpha: float


def suffixes(part: str, params: AdapterParams) -> list[str]:
    """Ends of the names of the layers that get an adapter."""
    return TARGETS[params.targets] if part == "unet" else TEXT_TARGETS


def strength(part: str, name: str, params: AdapterParams) -> tuple[int, float]:
    """Rank and alpha of a layer."""
    if part != "unet":
        return params.text_rank, params.text_alpha
    if _ends(name, CONVOLUTION):
        return params.conv_rank or params.rank, params.conv_alpha or params.alpha
    return params.rank, params.alpha


def places(part: str, module: nn.Module, params: AdapterParams) -> list[Place]:
    """The layers of a part that get an adapter, in the order of the module."""
    wanted = suffixes(part, params)
    return [
        Place(name, layer, *strength(part, name, params))
        for name, layer in module.named_modules()
        if isinstance(layer, nn.Linear | nn.Conv2d) and _ends(name, wanted)
    ]


class Adapters:
    """A base with adapters, of which alone the adapters learn. Subclasses say what an adapter is."""

    def __init__(self, model: Model, params: TrainParams):
        self.model, self.params = model, params
        able = [part for part in model.parts() if part == "unet" or params.adapter.text_rank]
        self.parts = {part: model.parts()[part] for part in trained_parts(able, params)}
        found = [dropout for part, module in self.parts.items() for dropout in self.attach(part, module)]
        self.dropouts = [dropout for dropout in found if dropout.p > 0]
        for named in self.parameters().values():
            for tensor in named.values():
                tensor.data = tensor.data.float()  # small steps vanish in bf16
                tensor.requires_grad_(True)

    def attach(self, part: str, module: "ModelMixin | CLIPTextModel") -> list[nn.Dropout]:
        """Puts fresh adapters on a part; gives their dropouts."""
        raise NotImplementedError

    def parameters(self) -> dict[str, dict[str, nn.Parameter]]:
        """As the protocol `Method` says."""
        raise NotImplementedError

    def layers(self, part: str) -> Iterator[tuple[str, float, dict[str, torch.Tensor]]]:
        """Name, alpha and tensors by key of each adapter of a part, as they are in a file."""
        raise NotImplementedError

    def captions(self, batch: Batch) -> list[str]:
        return batch.captions

    def predict(self, noisy: torch.Tensor, t: torch.Tensor, batch: Batch) -> torch.Tensor:
        learning = torch.is_grad_enabled()
        for dropout in self.dropouts:
            dropout.train(learning)
        with torch.random.fork_rng(enabled=learning and bool(self.dropouts)):
            if learning and self.dropouts:
                torch.manual_seed(seed_of(noisy))
            return denoised(self.model, self.captions(batch), self.params.captions.tokens, noisy, t, batch)

    def save(self, folder: Path) -> None:
        tensors: dict[str, torch.Tensor] = {}
        kind = SAVED[self.params.save_precision]
        for part in self.parts:
            for name, alpha, own in self.layers(part):
                layer = kohya_name(self.model.family, part, name)
                tensors |= {f"{layer}.{key}": value.to(kind) for key, value in own.items()}
                tensors[f"{layer}.alpha"] = torch.tensor(float(alpha))
        write_weights(tensors, folder / ADAPTER)


def seed_of(noisy: torch.Tensor) -> int:
    """Seed of a step's dropout masks, from its noisy latents: they follow from the run's seed and the step alone."""
    return int.from_bytes(hashlib.sha256(noisy.detach().float().cpu().numpy().tobytes()).digest()[:7], "big")


def generator_of(params: TrainParams, part: str, name: str) -> torch.Generator:
    """Where the first numbers of a layer's adapter come from: its name and the seed, whatever else is adapted."""
    return torch.Generator().manual_seed(seeds.derive(params.seed, "adapter", part, name))


def _ends(name: str, suffixes: list[str]) -> bool:
    return any(name == suffix or name.endswith(f".{suffix}") for suffix in suffixes)
