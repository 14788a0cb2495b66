"""A base of random weights with the topology of SD 1.5, and pictures, for timing trainers against each other.

Everything is written so that trainers of several generations of transformers can read it: the text encoder's tensors
under `text_model.`, the tokenizer as vocab.json and merges.txt.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from diffusers import AutoencoderKL, DDPMScheduler, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel

from dramatis.core.images import Image, encode_png
from dramatis.core.tables import write_table
from dramatis.dataset.schema import DATASET, PLAN

LETTERS = [chr(code) for code in range(33, 127)]
CAPTION = "ada, a person, red, city"
"""Caption of every picture: one of them costs as much as another."""
SCHEDULE = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "clip_sample": False,
    "steps_offset": 1,
}


class Width(NamedTuple):
    """How wide a base of this topology is."""

    unet: tuple[int, int, int, int]
    vae: tuple[int, int, int, int]
    text: int
    layers: int
    """Layers of the text encoder."""
    heads: int


TINY = Width((32, 64, 128, 128), (32, 32, 64, 64), 128, 4, 4)
SD15 = Width((320, 640, 1280, 1280), (128, 256, 512, 512), 768, 12, 12)


def write_base(folder: Path, width: Width = TINY, seed: int = 0) -> Path:
    """Writes a diffusers folder of random weights, the same for the same seed."""
    torch.manual_seed(seed)
    words = _write_tokenizer(folder / "tokenizer")
    text = CLIPTextModel(text_config(width, words))
    text.save_pretrained(folder / "text_encoder")
    _old_names(folder / "text_encoder")
    vae_of(width).save_pretrained(folder / "vae")
    unet_of(width).save_pretrained(folder / "unet")
    DDPMScheduler(**SCHEDULE).save_pretrained(folder / "scheduler")
    parts = {
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
        "scheduler": ["diffusers", "DDPMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "safety_checker": [None, None],
        "feature_extractor": [None, None],
        "image_encoder": [None, None],
        "requires_safety_checker": False,
    }
    index = {"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.32.0", **parts}
    (folder / "model_index.json").write_text(json.dumps(index, indent=2))
    return folder


def text_config(width: Width, words: int) -> CLIPTextConfig:
    """CLIP's text model; a layer is as wide as in CLIP-L against its heads."""
    return CLIPTextConfig(
        vocab_size=words,
        hidden_size=width.text,
        intermediate_size=4 * width.text,
        num_hidden_layers=width.layers,
        num_attention_heads=width.heads,
        bos_token_id=words - 2,
        eos_token_id=words - 1,
        pad_token_id=words - 1,
    )


def unet_of(width: Width) -> UNet2DConditionModel:
    """SD 1.5's UNet in another width."""
    return UNet2DConditionModel(
        sample_size=64, block_out_channels=width.unet, cross_attention_dim=width.text, attention_head_dim=8
    )


def vae_of(width: Width) -> AutoencoderKL:
    """SD 1.5's autoencoder in another width: four levels, so a latent is 8 px wide."""
    return AutoencoderKL(
        block_out_channels=width.vae,
        layers_per_block=2,
        latent_channels=4,
        sample_size=512,
        down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
    )


def _write_tokenizer(folder: Path) -> int:
    """A tokenizer that spells every word; gives the size of its vocabulary."""
    folder.mkdir(parents=True, exist_ok=True)
    words = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    special = {"bos_token": words[-2], "eos_token": words[-1], "unk_token": words[-1], "pad_token": words[-1]}
    config = {"tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "do_lower_case": True, **special}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    (folder / "special_tokens_map.json").write_text(json.dumps(special))
    return len(words)


def _old_names(folder: Path) -> None:
    """Tensors of the text encoder under `text_model.`, which all versions of transformers read."""
    file = folder / "model.safetensors"
    tensors = {f"text_model.{name.removeprefix('text_model.')}": value for name, value in load_file(file).items()}
    save_file(tensors, file, {"format": "pt"})


def pictures(count: int, side_px: int) -> list[Image]:
    """RGB pictures of noise."""
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (side_px, side_px, 3), dtype=np.uint8) for _ in range(count)]


def write_dataset(folder: Path, images: list[Image]) -> Path:
    """The pictures as a dataset of the project: all of one character, each once in an epoch."""
    rows = [_row(number, image) for number, image in enumerate(images)]
    write_table(rows, DATASET, folder / "characters/train/v.parquet")
    write_table([], DATASET, folder / "characters/validation/v.parquet")
    plan = [
        {
            name: ({"key": f"characters/{row['id']}", "config": "characters", "per_epoch": 1.0} | row).get(name)
            for name in PLAN.names
        }
        for row in rows
    ]
    write_table(plan, PLAN, folder / "plan.parquet")
    return folder


def _row(number: int, image: Image) -> dict[str, Any]:
    height, width = image.shape[:2]
    filled = {
        "id": f"row-{number:04d}",
        "image": {"bytes": encode_png(image), "path": None},
        "caption": CAPTION,
        "caption_origin": "auto",
        "character": "ada",
        "trigger": "ada",
        "characters": ["ada"],
        "stage": "head",
        "origin": "crop",
        "parents": [],
        "width_px": width,
        "height_px": height,
        "bucket": f"{width}x{height}",
        "cut_share": 0.0,
    }
    return {name: filled.get(name) for name in DATASET.names}


def write_folder(folder: Path, images: list[Image]) -> Path:
    """The pictures as files with their captions, as sd-scripts and diffusers read them: `.txt` and metadata.jsonl."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for number, image in enumerate(images):
        name = f"{number:04d}.png"
        (folder / name).write_bytes(encode_png(image))
        lines.append(json.dumps({"file_name": name, "text": CAPTION}))
    (folder / "metadata.jsonl").write_text("\n".join(lines) + "\n")
    return folder
