"""Names of weights in the original layout of Stable Diffusion, in which single files are, and those of diffusers."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple


class Layout(NamedTuple):
    """What of a UNet decides its original names."""

    layers: int
    """Residual blocks in a level (`layers_per_block`)."""
    attended: tuple[bool, ...]
    """Whether each level on the way up has attention: its upsampler is the third in its block then, else the second."""


SD, SDXL = Layout(2, (False, True, True, True)), Layout(2, (True, True, False))


def layout_of(config: Mapping[str, Any]) -> Layout:
    """The layout of a UNet by its configuration."""
    layers = config["layers_per_block"]
    return Layout(layers if isinstance(layers, int) else layers[0], tuple(map(_attends, config["up_block_types"])))


def _attends(block: str) -> bool:
    return "CrossAttn" in block


OUTER = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
    "mid_block.resnets.0": "middle_block.0",
    "mid_block.attentions.0": "middle_block.1",
    "mid_block.resnets.1": "middle_block.2",
}
RESIDUAL = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_LEVEL = re.compile(r"(down|up)_blocks\.(\d+)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.+)")
_BLOCK = re.compile(r"(input_blocks|output_blocks|middle_block)\.(\d+)\.(?:(\d+)\.)?(.+)")


def _renamed(path: str, names: Mapping[str, str]) -> str:
    """The path with its first words changed, where they are in the table."""
    for old, new in names.items():
        if path == old or path.startswith(f"{old}."):
            return new + path.removeprefix(old)
    return path


def unet_to_ldm(path: str, layout: Layout) -> str | None:
    """Original name of a UNet's module or weight, or None if the original UNet has none such."""
    level = _LEVEL.fullmatch(path)
    if level is None:
        renamed = _renamed(path, OUTER)
        if renamed == path:
            return None
        return _inside(renamed) if path.startswith("mid_block.resnets") else renamed
    way, block, kind, layer, rest = level[1], int(level[2]), level[3], int(level[4]), level[5]
    first = block * (layout.layers + 1)
    if way == "down":
        if kind == "downsamplers":
            return f"input_blocks.{first + layout.layers + 1}.0.op{rest.removeprefix('conv')}"
        head = f"input_blocks.{first + layer + 1}"
    elif kind == "upsamplers":
        return f"output_blocks.{first + layout.layers}.{2 if layout.attended[block] else 1}.{rest}"
    else:
        head = f"output_blocks.{first + layer}"
    return f"{head}.1.{rest}" if kind == "attentions" else f"{head}.0.{_renamed(rest, RESIDUAL)}"


def _inside(path: str) -> str:
    head, number, rest = path.split(".", 2)
    return f"{head}.{number}.{_renamed(rest, RESIDUAL)}"


def unet_from_ldm(path: str, layout: Layout) -> str | None:
    """The name in diffusers of a module or weight of the original UNet, or None if it is none."""
    back = {new: old for old, new in OUTER.items()}
    residual = {new: old for old, new in RESIDUAL.items()}
    found = _BLOCK.fullmatch(path)
    if found is None or path.startswith("input_blocks.0."):
        renamed = _renamed(path, back)
        return None if renamed == path else renamed
    where, number, inner, rest = found[1], int(found[2]), found[3], found[4]
    if where == "middle_block":
        rest = f"{inner}.{rest}" if inner else rest
        head = back[f"middle_block.{number}"] if number < 3 else None
        return head and f"{head}.{_renamed(rest, residual) if number != 1 else rest}"
    if inner is None:
        return None
    way, place = ("down", number - 1) if where == "input_blocks" else ("up", number)
    block, layer = divmod(place, layout.layers + 1)
    head = f"{way}_blocks.{block}"
    if way == "down" and (rest == "op" or rest.startswith("op.")):
        return f"{head}.downsamplers.0.conv{rest.removeprefix('op')}"
    if way == "up" and (rest == "conv" or rest.startswith("conv.")):
        return f"{head}.upsamplers.0.{rest}"
    return f"{head}.attentions.{layer}.{rest}" if inner == "1" else f"{head}.resnets.{layer}.{_renamed(rest, residual)}"


VAE = [
    (r"\.downsamplers\.0\.conv\.", ".downsample.conv."),
    (r"\.upsamplers\.0\.conv\.", ".upsample.conv."),
    (r"\.resnets\.(\d+)\.conv_shortcut\.", r".resnets.\1.nin_shortcut."),
    (r"\.down_blocks\.(\d+)\.resnets\.", r".down.\1.block."),
    (r"\.down_blocks\.(\d+)\.", r".down.\1."),
    (r"\.mid_block\.resnets\.0\.", ".mid.block_1."),
    (r"\.mid_block\.resnets\.1\.", ".mid.block_2."),
    (r"\.attentions\.0\.group_norm\.", ".attentions.0.norm."),
    (r"\.attentions\.0\.to_([qkv])\.", r".attentions.0.\1."),
    (r"\.attentions\.0\.to_out\.0\.", ".attentions.0.proj_out."),
    (r"\.mid_block\.attentions\.0\.", ".mid.attn_1."),
    (r"\.conv_norm_out\.", ".norm_out."),
]
"""Patterns of names of diffusers' VAE and what replaces them, in this order."""


def vae_to_ldm(name: str, levels: int) -> str:
    """Original name of a VAE's weight.

    Args:
        name: as diffusers has it.
        levels: of the decoder, which are counted from the other end.
    """
    for old, new in VAE:
        name = re.sub(old, new, name)
    return re.sub(r"\.up_blocks\.(\d+)\.(resnets\.)?", lambda found: _up(found, levels), name)


def _up(found: re.Match[str], levels: int) -> str:
    return f".up.{levels - 1 - int(found[1])}." + ("block." if found[2] else "")


OPEN_CLIP = [
    ("text_model.embeddings.token_embedding.weight", "token_embedding.weight"),
    ("text_model.embeddings.position_embedding.weight", "positional_embedding"),
    ("text_model.final_layer_norm.", "ln_final."),
    ("text_model.encoder.layers.", "transformer.resblocks."),
    (".layer_norm1.", ".ln_1."),
    (".layer_norm2.", ".ln_2."),
    (".mlp.fc1.", ".mlp.c_fc."),
    (".mlp.fc2.", ".mlp.c_proj."),
    (".self_attn.out_proj.", ".attn.out_proj."),
]
"""Names of SDXL's second text encoder in transformers, and of open_clip, which the original layout has."""


def text_to_open_clip(name: str) -> str:
    """Name of open_clip for a weight of CLIPTextModelWithProjection, save for the three that it joins."""
    for old, new in OPEN_CLIP:
        name = name.replace(old, new)
    return name
