"""Adapters of random numbers for any pipeline, as methods and other programs write them."""

import math
import re

import torch

from dramatis.diffusion.adapter import Adapter
from dramatis.diffusion.keys import Place, text_module

LAYERS = {
    "unet": r".*\.(to_q|to_v|to_out\.0|proj_in|ff\.net\.2|conv1|conv_shortcut|time_emb_proj|downsamplers\.0\.conv|"
    r"upsamplers\.0\.conv)",
    "text_encoder": r".*(q_proj|out_proj|fc1)",
    "text_encoder_2": r".*(q_proj|out_proj|fc1)",
}


def parts_of(pipeline):
    names = ("unet", "text_encoder", "text_encoder_2")
    return {name: getattr(pipeline, name) for name in names if getattr(pipeline, name, None) is not None}


def layers_of(parts, patterns=LAYERS):
    return {
        Place(part, text_module(part, name)): layer
        for part, module in parts.items()
        for name, layer in module.named_modules()
        if isinstance(layer, torch.nn.Linear | torch.nn.Conv2d) and re.fullmatch(patterns[part], name)
    }


def random_adapter(parts, kind="lora", rank=2, alpha=1.0, seed=1, dora=False, patterns=LAYERS):
    """An adapter of one kind: lora, tucker, loha, loha-tucker, lokr, lokr-tucker or full."""
    draw = torch.Generator().manual_seed(seed)
    layers = {}
    for place, layer in layers_of(parts, patterns).items():
        update = made(kind, layer.weight.shape, rank, draw) | {"alpha": torch.tensor(float(alpha))}
        if dora:
            length = layer.weight.detach().flatten(1).norm(dim=1)
            random = torch.rand(len(length), generator=draw)
            update["dora_scale"] = (length * (1 + random)).reshape(-1, *[1] * (layer.weight.dim() - 1))
        layers[place] = update
    return Adapter(layers, {})


def made(kind, shape, rank, draw):
    def some(*sides):
        return torch.randn(*sides, generator=draw) * 0.3

    out, width, *kernel = shape
    deep, ones = bool(kernel) and kernel != [1, 1], [1] * len(kernel)
    base, _, form = kind.partition("-")
    tucker = (form == "tucker" or kind == "tucker") and deep
    if base in ("lora", "tucker"):
        update = {"lora_down.weight": some(rank, width, *kernel), "lora_up.weight": some(out, rank, *ones)}
        if tucker:
            update |= {"lora_down.weight": some(rank, width, *ones), "lora_mid.weight": some(rank, rank, *kernel)}
        return update
    if base == "loha":
        update = {}
        for side in "12":
            if tucker:
                update |= {f"hada_t{side}": some(rank, rank, *kernel), f"hada_w{side}_a": some(rank, out)}
                update[f"hada_w{side}_b"] = some(rank, width)
            else:
                count = width * (kernel[0] * kernel[1] if kernel else 1)
                update |= {f"hada_w{side}_a": some(out, rank), f"hada_w{side}_b": some(rank, count)}
        return update
    if base == "lokr":
        rows, columns = factor(out), factor(width)
        update = {"lokr_w1": some(rows, columns)}
        if tucker:
            return update | {
                "lokr_t2": some(rank, rank, *kernel),
                "lokr_w2_a": some(rank, out // rows),
                "lokr_w2_b": some(rank, width // columns),
            }
        return update | {
            "lokr_w2_a": some(out // rows, rank),
            "lokr_w2_b": some(rank, width // columns * math.prod(kernel)),
        }
    return {"diff": some(*shape)}


def factor(number):
    """The largest divisor that is no greater than the root, as LyCORIS takes it."""
    return max(one for one in range(1, math.isqrt(number) + 1) if number % one == 0)
