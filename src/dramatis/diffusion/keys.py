"""Names of layers in adapter files: kohya's `lora_unet_…`, `lora_te_…`, which most programs read."""

import re
from typing import NamedTuple

PREFIXES = {
    "sd": {"unet": "lora_unet", "text_encoder": "lora_te"},
    "sdxl": {"unet": "lora_unet", "text_encoder": "lora_te1", "text_encoder_2": "lora_te2"},
}
"""By family and part."""

PARTS = {
    "lora_unet": "unet",
    "lora_te": "text_encoder",
    "lora_te1": "text_encoder",
    "lora_te2": "text_encoder_2",
}

WORDS = [
    "down_blocks", "up_blocks", "mid_block", "attentions", "resnets", "transformer_blocks", "downsamplers",
    "upsamplers", "proj_in", "proj_out", "to_q", "to_k", "to_v", "to_out", "time_emb_proj", "conv_shortcut",
    "conv_in", "conv_out", "conv_norm_out", "time_embedding", "add_embedding", "linear_1", "linear_2", "text_model",
    "text_projection", "self_attn", "q_proj", "k_proj", "v_proj", "out_proj", "token_embedding", "position_embedding",
    "final_layer_norm", "layer_norm1", "layer_norm2", "controlnet_cond_embedding", "group_norm", "input_blocks",
    "output_blocks", "middle_block", "in_layers", "out_layers", "emb_layers", "skip_connection", "time_embed",
    "label_emb",
]  # fmt: skip
"""Names of modules, in diffusers, transformers and the original UNet, that have an underscore themselves."""
_SPLIT = re.compile("|".join(sorted(WORDS, key=len, reverse=True)) + "|[^_]+")


class Place(NamedTuple):
    """A layer: the part of the pipeline, and its path inside, as old versions of transformers have it."""

    part: str
    module: str


def text_module(part: str, module: str) -> str:
    """The path with `text_model.`: transformers 5 has it no more in CLIPTextModel; the files have."""
    flat = part.startswith("text_encoder") and not module.startswith(("text_model.", "text_projection"))
    return f"text_model.{module}" if flat else module


def kohya_name(family: str, part: str, module: str) -> str:
    """Name of a layer: `lora_te_text_model_encoder_layers_0_mlp_fc1`.

    Args:
        family: sd or sdxl.
        part: unet, text_encoder or text_encoder_2.
        module: path of the layer inside the part, as `named_modules` gives it.
    """
    return f"{PREFIXES[family][part]}_{text_module(part, module)}".replace(".", "_")


def place_of(name: str) -> Place | None:
    """The layer that a name of kohya's means, or None if it has none of the prefixes.

    The path of a UNet's layer is that of diffusers or of the original UNet, whichever the name has.
    """
    prefix = next((prefix for prefix in sorted(PARTS, reverse=True) if name.startswith(f"{prefix}_")), None)
    return Place(PARTS[prefix], dotted(name.removeprefix(f"{prefix}_"))) if prefix else None


def dotted(name: str) -> str:
    """`mid_block_attentions_0_proj_in` as the path that it is: `mid_block.attentions.0.proj_in`."""
    return ".".join(_SPLIT.findall(name))
