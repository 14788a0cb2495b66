"""Adapters in the names of sd-scripts (kohya) and LyCORIS: `lora_unet_…_to_q.lora_down.weight`, with `.alpha`."""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from dramatis.diffusion.adapter import Adapter, rank_of
from dramatis.diffusion.formats.ldm import Layout, unet_from_ldm, unet_to_ldm
from dramatis.diffusion.keys import PARTS, Place, kohya_name, place_of

Layers = dict[Place, dict[str, Tensor]]


def owns(keys: Iterable[str]) -> bool:
    """Whether the names of the tensors are of this format."""
    return any(key.startswith(tuple(f"{prefix}_" for prefix in PARTS)) for key in keys)


def read(tensors: Mapping[str, Tensor], metadata: Mapping[str, str], layout: Layout) -> Layers:
    """The layers of a file; names of the original UNet, as SDXL's adapters have them, become those of diffusers.

    Raises:
        ValueError: a name is of no layer.
    """
    layers: Layers = {}
    for key, tensor in tensors.items():
        name, _, suffix = key.partition(".")
        place = place_of(name)
        if place is None or not suffix:
            raise ValueError(f"{key} is of no layer of a UNet or a text encoder")
        if place.part == "unet":
            place = Place("unet", unet_from_ldm(place.module, layout) or place.module)
        layers.setdefault(place, {})[suffix] = tensor
    return layers


def write(adapter: Adapter, family: str, layout: Layout | None = None) -> dict[str, Tensor]:
    """The tensors of a file in this format; alpha is always told, as programs differ in what they take without.

    Args:
        adapter: of any kind.
        family: sd or sdxl.
        layout: of the UNet: its layers get their original names, which sd-scripts has for SDXL; None keeps those of
            diffusers, which it has for SD.

    Raises:
        ValueError: a part is none of the family's.
    """
    tensors: dict[str, Tensor] = {}
    for place, update in adapter.layers.items():
        if place.part == "text_encoder_2" and family == "sd":
            raise ValueError("SD has no second text encoder")
        module = place.module
        if layout is not None and place.part == "unet":
            module = unet_to_ldm(module, layout) or module
        name = kohya_name(family, place.part, module)
        told = {} if "alpha" in update or not rank_of(update) else {"alpha": torch.tensor(float(rank_of(update)))}
        tensors |= {f"{name}.{suffix}": tensor for suffix, tensor in (told | update).items()}
    return tensors
