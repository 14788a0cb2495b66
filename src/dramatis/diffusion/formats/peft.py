"""LoRA in the names of peft, as diffusers writes it: `unet.….to_q.lora_A.weight`."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor

from dramatis.diffusion.adapter import Adapter, kind_of, rank_of, strength_of
from dramatis.diffusion.formats import old_diffusers
from dramatis.diffusion.formats.ldm import Layout
from dramatis.diffusion.keys import Place, text_module

METADATA = "lora_adapter_metadata"
"""Key under which newer versions of diffusers put rank and alpha as JSON; without it alpha is the rank."""
_KEY = re.compile(
    r"(unet|text_encoder|text_encoder_2)\.(?:base_model\.model\.)?(.+)\."
    r"(lora_A|lora_B|lora_magnitude_vector|alpha)(?:\.default)?(?:\.weight)?"
)
NAMES = {"lora_A": "lora_down.weight", "lora_B": "lora_up.weight", "lora_magnitude_vector": "dora_scale"}

Layers = dict[Place, dict[str, Tensor]]


def owns(keys: Iterable[str]) -> bool:
    """Whether the names of the tensors are of this format."""
    return any(".lora_A." in key for key in keys)


def read(tensors: Mapping[str, Tensor], metadata: Mapping[str, str], layout: Layout) -> Layers:
    """The layers of a file.

    Raises:
        ValueError: a name is of no layer.
    """
    layers: Layers = {}
    for key, tensor in tensors.items():
        found = _KEY.fullmatch(key)
        if found is None:  # newer versions of diffusers still write text encoders in older names
            place, name = old_diffusers.layer_of(key)
        else:
            place, name = Place(found[1], text_module(found[1], found[2])), NAMES.get(found[3], found[3])
        layers.setdefault(place, {})[name] = tensor
    told = _told(metadata)
    for place, update in layers.items():
        if "lora_up.weight" in update and "dora_scale" in update:
            update["dora_scale"] = update["dora_scale"].reshape(-1, *[1] * (update["lora_up.weight"].dim() - 1))
        alpha = _alpha(told, place)
        if alpha is not None and "alpha" not in update:
            update["alpha"] = torch.tensor(alpha)
    return layers


def _told(metadata: Mapping[str, str]) -> dict[str, Any]:
    try:
        told = json.loads(metadata.get(METADATA, "{}"))
    except json.JSONDecodeError as error:
        raise ValueError(f"its metadata {METADATA} is no JSON") from error
    return told if isinstance(told, dict) else {}


def _alpha(told: Mapping[str, Any], place: Place) -> float | None:
    """Alpha of a layer: by the first pattern that its path ends in, else that of the part."""
    patterns = told.get(f"{place.part}.alpha_pattern") or {}
    module = place.module.removeprefix("text_model.")
    for pattern, alpha in patterns.items():
        if re.fullmatch(rf"(.*\.)?({pattern})", module) or re.fullmatch(rf"(.*\.)?({pattern})", place.module):
            return float(alpha)
    alpha = told.get(f"{place.part}.lora_alpha")
    return None if alpha is None else float(alpha)


def write(adapter: Adapter) -> dict[str, Tensor]:
    """The tensors of a file in this format, which means the same to old and new versions of diffusers.

    Alpha is folded into the matrices, as old versions do not read it; ranks are made equal within a part by rows of
    zeros, as those versions take another rank for another strength.

    Raises:
        ValueError: a layer holds something else than LoRA, which this format cannot say.
    """
    ranks: dict[str, int] = {}
    for place, update in adapter.layers.items():
        if kind_of(update) != "lora":
            raise ValueError(f"{place.part} {place.module} holds {kind_of(update) or 'an unknown kind'}, not LoRA")
        ranks[place.part] = max(ranks.get(place.part, 0), rank_of(update))
    tensors = {}
    for place, update in adapter.layers.items():
        down, up = plain(update)
        missing = ranks[place.part] - down.shape[0]
        name = f"{place.part}.{place.module}"
        tensors[f"{name}.lora_A.weight"] = torch.cat([down, down.new_zeros(missing, *down.shape[1:])])
        tensors[f"{name}.lora_B.weight"] = torch.cat([up, up.new_zeros(up.shape[0], missing, *up.shape[2:])], 1)
        if "dora_scale" in update:
            deep = up.dim() == 4
            tensors[f"{name}.lora_magnitude_vector.weight"] = update["dora_scale"].reshape(
                (1, -1, 1, 1) if deep else -1
            )
    return tensors


def plain(update: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Down and up of a LoRA at strength 1: alpha and the core of a Tucker form are multiplied in."""
    down, up = update["lora_down.weight"], update["lora_up.weight"]
    if "lora_mid.weight" in update:
        core = update["lora_mid.weight"].float()
        down = torch.einsum("mn...,nj->mj...", core, down.float().flatten(1)).to(down.dtype)
    return down, (up.float() * strength_of(update)).to(up.dtype)
