"""Writes the pocket Stable Diffusion as a diffusers folder that old and new loaders read."""

import json
from pathlib import Path

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from safetensors.torch import save_file
from torch import Tensor
from transformers import CLIPTextModel

from dramatis.core.tables import whole_folder

_LIBRARIES = {
    "feature_extractor": [None, None],
    "image_encoder": [None, None],
    "safety_checker": [None, None],
    "scheduler": ["diffusers", "DDIMScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}


def write_index(folder: Path) -> None:
    """`model_index.json`: which class each part of the pipeline is."""
    index = {"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.32.0", "requires_safety_checker": False}
    (folder / "model_index.json").write_text(json.dumps(index | _LIBRARIES, indent=2) + "\n")


def write_weights(tensors: dict[str, Tensor], file: Path) -> None:
    """Writes weights as transformers and diffusers read them, for everybody to read."""
    save_file(tensors, file, {"format": "pt"})
    file.chmod(0o644)


def write_text_encoder(model: CLIPTextModel, out: Path) -> None:
    """The text encoder under the tensor names with `text_model.`, which every version of transformers reads.

    Version 5.6 dropped the prefix; older ones take a file without it for an untrained model, with a mere warning.
    """
    with whole_folder(out) as folder:
        model.config.architectures = ["CLIPTextModel"]
        model.config.save_pretrained(folder)
        tensors = {
            f"text_model.{name.removeprefix('text_model.')}": weight.detach().contiguous()
            for name, weight in model.state_dict().items()
            if not name.endswith("position_ids")
        }
        write_weights(tensors, folder / "model.safetensors")


def write_unet(model: UNet2DConditionModel, out: Path) -> None:
    """The UNet, its weights as float16: half the size, and loaders make float32 of them again."""
    with whole_folder(out) as folder:
        model.save_config(folder)
        tensors = {name: weight.detach().to(torch.float16).contiguous() for name, weight in model.state_dict().items()}
        write_weights(tensors, folder / "diffusion_pytorch_model.safetensors")


def write_scheduler(scheduler: DDIMScheduler, out: Path) -> None:
    """The noise schedule and how to sample with it."""
    with whole_folder(out) as folder:
        scheduler.save_pretrained(folder)
