"""Single-file checkpoints of SD 1.5 and SDXL: their configuration, told from the shapes of their tensors.

The files say nothing of their own make, and diffusers asks the hub; here nothing is fetched. What no shape can tell is
as in the published bases: eight heads a layer in SD 1.5, heads of 64 in SDXL and in CLIP, the noise schedule, sizes.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dramatis.core.errors import InputError
from dramatis.core.params import read_yaml
from dramatis.diffusion.clip.tokenizer import BEGIN, END, WINDOW, vocabulary, write_tokenizer

Shapes = Mapping[str, tuple[int, ...]]
Config = dict[str, Any]

UNET, VAE = "model.diffusion_model.", "first_stage_model."
CLIP = {"sd": "cond_stage_model.transformer.text_model.", "sdxl": "conditioner.embedders.0.transformer.text_model."}
OPEN_CLIP = "conditioner.embedders.1.model."
HEADS, HEAD = 8, 64
USE = "Name a base of the family SD 1.5 or SDXL"


def family_in(shapes: Shapes, file: Path) -> str:
    """`sd` or `sdxl`.

    Raises:
        InputError: the file holds another class of model, or a part of one; it is named.
    """
    if f"{UNET}input_blocks.0.0.weight" not in shapes:
        raise InputError(str(file), f"{_other(shapes)}, where a whole checkpoint is wanted", USE)
    if (channels := shapes[f"{UNET}input_blocks.0.0.weight"][1]) != 4:
        kinds = {9: "a base for inpainting", 8: "a base for InstructPix2Pix", 5: "a base with depth", 7: "an upscaler"}
        kind = kinds.get(channels, "no base for text to image")
        raise InputError(str(file), f"its UNet takes {channels} channels, so it is {kind}", USE)
    if "conditioner.embedders.0.model.text_projection" in shapes:
        raise InputError(str(file), "it is the refiner of SDXL", USE)
    if "cond_stage_model.model.token_embedding.weight" in shapes:
        raise InputError(str(file), "it is of the family SD 2", USE)
    family = "sdxl" if f"{OPEN_CLIP}token_embedding.weight" in shapes else "sd"
    wanted = {
        "text encoder": f"{CLIP[family]}embeddings.token_embedding.weight",
        "VAE": f"{VAE}encoder.conv_in.weight",
    }
    for part, name in wanted.items():
        if name not in shapes:
            raise InputError(str(file), f"it has no {part} ({name} is missing)", USE)
    return family


def _other(shapes: Shapes) -> str:
    """What a file holds that is no checkpoint of the two families."""
    kinds = {
        "lora_": "an adapter",
        "emb_params": "an embedding",
        "control_model.": "a ControlNet",
        "controlnet_cond_embedding.": "a ControlNet",
        "down_blocks.": "a UNet alone in diffusers' layout",
        "double_blocks.": "Flux",
        "model.diffusion_model.double_blocks.": "Flux",
        "model.diffusion_model.joint_blocks.": "Stable Diffusion 3",
        "encoder.": "a VAE alone",
    }
    found = [kind for start, kind in kinds.items() if any(name.startswith(start) for name in shapes)]
    return f"it is {found[0]}" if found else "no UNet of SD 1.5 or SDXL is in it"


def configuration(shapes: Shapes, file: Path) -> dict[str, Config]:
    """What `config.json` of each part of the pipeline says, and `model_index.json` under the key `model_index`.

    Args:
        shapes: of the file's tensors.
        file: for messages, and for `<file>.yaml` beside it, in which `parameterization: v` means v-prediction.

    Raises:
        InputError: as for `family_in`.
    """
    family = family_in(shapes, file)
    parts = {"unet": _unet(shapes, family), "vae": _vae(shapes, family), "scheduler": _scheduler(shapes, file)}
    parts["text_encoder"] = _clip(shapes, CLIP[family], "encoder.layers", "mlp.fc1", "CLIPTextModel", "quick_gelu")
    modules = {
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
        "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
    }
    index: Config = {"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.42.1"}
    if family == "sdxl":
        index |= {"_class_name": "StableDiffusionXLPipeline", "force_zeros_for_empty_prompt": True}
        parts["text_encoder_2"] = _clip(
            shapes, OPEN_CLIP, "transformer.resblocks", "mlp.c_fc", "CLIPTextModelWithProjection", "gelu"
        )
        modules |= {
            "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
            "tokenizer_2": ["transformers", "CLIPTokenizer"],
        }
    else:
        index |= {"requires_safety_checker": False, "safety_checker": [None, None], "feature_extractor": [None, None]}
    return parts | {"model_index": index | {"image_encoder": [None, None]} | modules}


def write_configuration(shapes: Shapes, file: Path, folder: Path) -> None:
    """Writes the folder that `from_single_file(file, config=folder)` takes: configurations and tokenizers, no weights.

    Raises:
        InputError: as for `family_in`.
    """
    parts = configuration(shapes, file)
    (folder / "model_index.json").write_text(json.dumps(parts.pop("model_index"), indent=2))
    for name, config in parts.items():
        (folder / name).mkdir()
        target = "scheduler_config.json" if name == "scheduler" else "config.json"
        (folder / name / target).write_text(json.dumps(config, indent=2))
    write_tokenizer(folder / "tokenizer", END)
    if "text_encoder_2" in parts:
        write_tokenizer(folder / "tokenizer_2", "!")


def _count(shapes: Shapes, prefix: str) -> int:
    """How many numbers follow a prefix: of layers, blocks or levels."""
    pattern = re.compile(re.escape(prefix) + r"\.(\d+)\.")
    return len({found[1] for name in shapes if (found := pattern.match(name))})


def _unet(shapes: Shapes, family: str) -> Config:
    levels: list[list[int]] = [[]]  # depths of the attention of each block
    channels: list[int] = []
    for i in range(1, _count(shapes, f"{UNET}input_blocks")):
        block = f"{UNET}input_blocks.{i}"
        if f"{block}.0.op.weight" in shapes:
            levels.append([])
        else:
            levels[-1].append(_count(shapes, f"{block}.1.transformer_blocks"))
            channels = channels[: len(levels) - 1] + [shapes[f"{block}.0.out_layers.3.weight"][0]]
    depths = [max(level) for level in levels]
    block = f"{UNET}middle_block.1"
    middle = _count(shapes, f"{block}.transformer_blocks")
    config = {
        "_class_name": "UNet2DConditionModel",
        "sample_size": 128 if family == "sdxl" else 64,
        "in_channels": shapes[f"{UNET}input_blocks.0.0.weight"][1],
        "out_channels": shapes[f"{UNET}out.2.weight"][0],
        "block_out_channels": channels,
        "layers_per_block": len(levels[0]),
        "down_block_types": ["CrossAttnDownBlock2D" if depth else "DownBlock2D" for depth in depths],
        "up_block_types": ["CrossAttnUpBlock2D" if depth else "UpBlock2D" for depth in reversed(depths)],
        "transformer_layers_per_block": [depth or 1 for depth in depths[:-1]] + [depths[-1] or middle],
        "cross_attention_dim": shapes[f"{block}.transformer_blocks.0.attn2.to_k.weight"][1],
        "use_linear_projection": len(shapes[f"{block}.proj_in.weight"]) == 2,
        "attention_head_dim": [max(c // HEAD, 1) for c in channels] if family == "sdxl" else HEADS,
    }
    if family == "sdxl":
        pooled, taken = shapes[f"{OPEN_CLIP}text_projection"][1], shapes[f"{UNET}label_emb.0.0.weight"][1]
        config |= {
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": (taken - pooled) // 6,
            "projection_class_embeddings_input_dim": taken,
        }
    return config


def _vae(shapes: Shapes, family: str) -> Config:
    levels = _count(shapes, f"{VAE}encoder.down")
    return {
        "_class_name": "AutoencoderKL",
        "sample_size": 1024 if family == "sdxl" else 512,
        "in_channels": 3,
        "out_channels": 3,
        "latent_channels": shapes[f"{VAE}quant_conv.weight"][0] // 2,
        "block_out_channels": [shapes[f"{VAE}encoder.down.{i}.block.0.conv2.weight"][0] for i in range(levels)],
        "layers_per_block": _count(shapes, f"{VAE}encoder.down.0.block"),
        "down_block_types": ["DownEncoderBlock2D"] * levels,
        "up_block_types": ["UpDecoderBlock2D"] * levels,
        "scaling_factor": 0.13025 if family == "sdxl" else 0.18215,
        "force_upcast": True,
    }


def _clip(shapes: Shapes, prefix: str, layers: str, wide: str, name: str, activation: str) -> Config:
    embedding = "embeddings.token_embedding" if name == "CLIPTextModel" else "token_embedding"
    words, hidden = shapes[f"{prefix}{embedding}.weight"]
    return {
        "architectures": [name],
        "model_type": "clip_text_model",
        "vocab_size": words,
        "max_position_embeddings": WINDOW,
        "hidden_size": hidden,
        "intermediate_size": shapes[f"{prefix}{layers}.0.{wide}.weight"][0],
        "num_hidden_layers": _count(shapes, prefix + layers),
        "num_attention_heads": max(hidden // HEAD, 1),
        "hidden_act": activation,
        "projection_dim": shapes.get(f"{prefix}text_projection", (0, hidden))[1],
        "bos_token_id": vocabulary()[BEGIN],
        "eos_token_id": vocabulary()[END],
        "pad_token_id": vocabulary()[END] if name == "CLIPTextModel" else 0,
    }


def _scheduler(shapes: Shapes, file: Path) -> Config:
    beside = file.with_suffix(".yaml")
    said = read_yaml(beside) if beside.is_file() else None
    for key in ("model", "params", "parameterization"):
        said = said.get(key) if isinstance(said, dict) else None
    return {
        "_class_name": "DDIMScheduler",
        "num_train_timesteps": 1000,
        "beta_schedule": "scaled_linear",
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "clip_sample": False,
        "set_alpha_to_one": False,
        "steps_offset": 1,
        "prediction_type": "v_prediction" if "v_pred" in shapes or said == "v" else "epsilon",
        "rescale_betas_zero_snr": "ztsnr" in shapes,
        "timestep_spacing": "trailing" if "ztsnr" in shapes else "leading",
    }
