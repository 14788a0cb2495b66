"""LoRA in the older names of diffusers: `unet.….attn1.processor.to_q_lora.down.weight`; only read."""

import re
from collections.abc import Iterable, Mapping

from torch import Tensor

from dramatis.diffusion.formats.ldm import Layout
from dramatis.diffusion.keys import Place, text_module

_KEY = re.compile(
    r"(?:(unet|text_encoder|text_encoder_2)\.)?(.+?)"
    r"(?:\.processor)?(?:\.to_(q|k|v|out)_lora|\.lora|\.lora_linear_layer)\.(down|up|alpha)(?:\.weight)?"
)
_ALPHA = re.compile(r"(unet|text_encoder|text_encoder_2)\.(.+)\.alpha")

Layers = dict[Place, dict[str, Tensor]]


def owns(keys: Iterable[str]) -> bool:
    """Whether the names of the tensors are of this format."""
    return any(re.search(r"(_lora|\.lora|\.lora_linear_layer)\.down\.weight$", key) for key in keys)


def read(tensors: Mapping[str, Tensor], metadata: Mapping[str, str], layout: Layout) -> Layers:
    """The layers of a file; a file without names of parts is of a UNet, as the oldest are.

    Raises:
        ValueError: a name is of no layer.
    """
    layers: Layers = {}
    for key, tensor in tensors.items():
        place, name = layer_of(key)
        layers.setdefault(place, {})[name] = tensor
    return layers


def layer_of(key: str) -> tuple[Place, str]:
    """The layer that a name is of, and which of its tensors it is.

    Raises:
        ValueError: it is of no layer.
    """
    found = _KEY.fullmatch(key)
    if found is None:
        alpha = _ALPHA.fullmatch(key)
        if alpha is None:
            raise ValueError(f"{key} is of no layer of a UNet or a text encoder")
        return Place(alpha[1], text_module(alpha[1], alpha[2])), "alpha"
    part, module, letter, side = found[1] or "unet", found[2], found[3], found[4]
    if letter:
        module += f".{_projection(part, letter)}"
    return Place(part, text_module(part, module)), "alpha" if side == "alpha" else f"lora_{side}.weight"


def _projection(part: str, letter: str) -> str:
    if part == "unet":
        return "to_out.0" if letter == "out" else f"to_{letter}"
    return f"{letter}_proj"
