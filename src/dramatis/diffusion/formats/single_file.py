"""A whole pipeline as one safetensors file in the original layout of SD 1.5 or SDXL."""

from pathlib import Path

import torch
from diffusers import DiffusionPipeline

from dramatis.core.errors import InputError
from dramatis.diffusion.formats.ldm import layout_of, text_to_open_clip, unet_to_ldm, vae_to_ldm
from dramatis.diffusion.formats.pipeline import stored, text_weights
from dramatis.diffusion.weights import write_weights

UNET, VAE = "model.diffusion_model.", "first_stage_model."
TEXT = {"sd": "cond_stage_model.transformer.", "sdxl": "conditioner.embedders.0.transformer."}
TEXT_2 = "conditioner.embedders.1.model."
ARCHITECTURES = {"sd": "stable-diffusion-v1", "sdxl": "stable-diffusion-xl-v1-base"}
"""As the metadata standard `modelspec` calls them."""
REMEDY = "Keep it as a diffusers folder"


def family_of(pipeline: DiffusionPipeline) -> str:
    """sd or sdxl, by whether it has a second text encoder."""
    return "sdxl" if "text_encoder_2" in pipeline.components else "sd"


def original_weights(pipeline: DiffusionPipeline, place: str) -> dict[str, torch.Tensor]:
    """All weights of a pipeline by their original names.

    Args:
        pipeline: of SD 1.5 or SDXL, of any width.
        place: where it comes from, for messages.

    Raises:
        InputError: the original layout has no name for a weight.
    """
    family, unet, vae = family_of(pipeline), pipeline.unet, pipeline.vae
    if unet.config.addition_embed_type not in (None, "text_time"):
        kind = unet.config.addition_embed_type
        raise InputError(
            place, f"its UNet reads {kind!r} besides hidden states, for which the layout has no names", REMEDY
        )
    layout, tensors = layout_of(unet.config), {}
    for name, tensor in unet.state_dict().items():
        renamed = unet_to_ldm(name, layout)
        if renamed is None:
            raise InputError(place, f"the original layout has no name for {name} of the UNet", REMEDY)
        tensors[UNET + renamed] = tensor
    for name, tensor in vae.state_dict().items():
        dense = ".attentions." in name and name.endswith("weight") and tensor.dim() == 2
        renamed = vae_to_ldm(name, len(vae.config.up_block_types))
        tensors[VAE + renamed] = tensor[:, :, None, None] if dense else tensor
    for name, tensor in text_weights(pipeline.text_encoder).items():
        tensors[TEXT[family] + name] = tensor
    if family == "sdxl":
        tensors |= _open_clip(text_weights(pipeline.text_encoder_2, "text_encoder_2"))
    return tensors


def _open_clip(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The second text encoder by the names of open_clip, queries, keys and values of a layer in one."""
    tensors = {}
    for name, tensor in weights.items():
        if name == "text_projection.weight":
            tensors[f"{TEXT_2}text_projection"] = tensor.T
        elif ".self_attn.q_proj." in name:
            three = [weights[name.replace("q_proj", letter)] for letter in ("q_proj", "k_proj", "v_proj")]
            head, _, kind = name.partition(".self_attn.q_proj.")
            tensors[f"{TEXT_2}{text_to_open_clip(head)}.attn.in_proj_{kind}"] = torch.cat(three)
        elif ".self_attn.k_proj." not in name and ".self_attn.v_proj." not in name:
            tensors[TEXT_2 + text_to_open_clip(name)] = tensor
    return tensors


def write_single_file(
    pipeline: DiffusionPipeline, out: Path, precision: str = "fp32", metadata: dict[str, str] | None = None
) -> None:
    """Writes a pipeline as one file that diffusers, webui, ComfyUI and trainers read.

    Raises:
        InputError: the original layout has no name for a weight.
        OSError: the disk is full.
    """
    told = {
        "modelspec.sai_model_spec": "1.0.0",
        "modelspec.architecture": ARCHITECTURES[family_of(pipeline)],
        "modelspec.implementation": "https://github.com/Stability-AI/generative-models",
        "modelspec.title": out.stem,
        "modelspec.prediction_type": {"v_prediction": "v"}.get(
            pipeline.scheduler.config.prediction_type, pipeline.scheduler.config.prediction_type
        ),
    }
    write_weights(stored(original_weights(pipeline, out.stem), precision), out, told | (metadata or {}))
