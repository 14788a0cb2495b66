"""A Stable Diffusion of random weights with the layout of the pocket base, made in about a second; and a dataset."""

import json
from pathlib import Path

import pytest
import torch
from builders import picture
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from dramatis.core.images import encode_png
from dramatis.core.tables import stored_box, write_table
from dramatis.dataset.schema import DATASET, PLAN
from dramatis.diffusion.clip.tokenizer import END, WINDOW, merges, vocabulary
from dramatis.diffusion.prompts import states

CHARACTERS = [chr(code) for code in range(33, 127)]


def clip_tokenizer(pad: str = END) -> CLIPTokenizer:
    """CLIP's tokenizer without its files; `pad` as for `write_tokenizer`."""
    pairs = [tuple(pair.split(" ")) for pair in merges()]
    return CLIPTokenizer(vocabulary(), pairs, pad_token=pad, model_max_length=WINDOW)


def encode(tokenizer, text_encoder, texts, clip_skip=None, tokens=75) -> torch.Tensor:
    """Hidden states of SD 1.5's text encoder, shape (B, T, D)."""
    layer = None if clip_skip in (None, 1) else clip_skip
    return states(tokenizer, text_encoder, texts, tokens, layer, norm=True)[0]


def build_tiny_sd(folder: Path) -> Path:
    """Writes the pipeline: 64 px, f4 with 4 latent channels, v-prediction; each letter is a token."""
    folder.mkdir(parents=True, exist_ok=True)
    words = [*CHARACTERS, *(f"{letter}</w>" for letter in CHARACTERS), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    tokenizer = CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)
    torch.manual_seed(0)
    text = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(words),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            bos_token_id=len(words) - 2,
            eos_token_id=len(words) - 1,
            pad_token_id=len(words) - 1,
        )
    )
    vae = AutoencoderKL(
        block_out_channels=(8, 16, 16),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=8,
        sample_size=64,
        down_block_types=["DownEncoderBlock2D"] * 3,
        up_block_types=["UpDecoderBlock2D"] * 3,
        mid_block_add_attention=False,
    )
    unet = UNet2DConditionModel(
        sample_size=16,
        block_out_channels=(16, 32, 32),
        layers_per_block=1,
        cross_attention_dim=32,
        norm_num_groups=8,
        addition_embed_type="text",
        addition_embed_type_num_heads=4,  # reads the pooled text, as the pocket base does
        attention_head_dim=8,
        down_block_types=["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        up_block_types=["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
    )
    scheduler = DDIMScheduler(
        prediction_type="v_prediction",
        beta_schedule="squaredcos_cap_v2",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )
    StableDiffusionPipeline(
        vae=vae,
        text_encoder=text,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_sd(tmp_path_factory) -> Path:
    """A base model of random weights in the layout of the pocket base."""
    return build_tiny_sd(tmp_path_factory.mktemp("base") / "sd")


def clip_config(width: int, layers: int, **changes) -> CLIPTextConfig:
    return CLIPTextConfig(
        hidden_size=width,
        intermediate_size=4 * width,
        num_hidden_layers=layers,
        num_attention_heads=1,
        bos_token_id=49406,
        eos_token_id=49407,
        **changes,
    )


def real_vae() -> AutoencoderKL:
    """As in SD 1.5 and SDXL, 32 channels wide: f8, four levels of two blocks."""
    return AutoencoderKL(
        block_out_channels=(32,) * 4,
        layers_per_block=2,
        latent_channels=4,
        sample_size=64,
        down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
    )


def real_scheduler(**changes) -> DDIMScheduler:
    return DDIMScheduler(
        beta_schedule="scaled_linear",
        beta_start=0.00085,
        beta_end=0.012,
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
        **changes,
    )


def build_sd15(folder: Path) -> Path:
    """SD 1.5 in all but width and 64 px: levels, blocks, heads, projections, CLIP's own 49,408 tokens, epsilon."""
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(32, 32, 64, 64),
        layers_per_block=2,
        cross_attention_dim=32,
        attention_head_dim=8,
    )
    StableDiffusionPipeline(
        vae=real_vae(),
        text_encoder=CLIPTextModel(clip_config(32, 3)),
        tokenizer=clip_tokenizer(),
        unet=unet,
        scheduler=real_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)
    return folder


def build_sdxl(folder: Path) -> Path:
    """SDXL in all but width, the depth of its last level (3 for 10) and 64 px: two encoders, time ids."""
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(32, 64, 64),
        layers_per_block=2,
        cross_attention_dim=32 + 64,
        attention_head_dim=(1, 1, 1),
        transformer_layers_per_block=(1, 2, 3),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=32,
        projection_class_embeddings_input_dim=64 + 6 * 32,
        down_block_types=["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        up_block_types=["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
    )
    vae = real_vae()
    vae.register_to_config(scaling_factor=0.13025)
    StableDiffusionXLPipeline(
        vae=vae,
        text_encoder=CLIPTextModel(clip_config(32, 3)),
        text_encoder_2=CLIPTextModelWithProjection(clip_config(64, 4, projection_dim=64, hidden_act="gelu")),
        tokenizer=clip_tokenizer(),
        tokenizer_2=clip_tokenizer("!"),
        unet=unet,
        scheduler=real_scheduler(),
        add_watermarker=False,
    ).save_pretrained(folder)
    return folder


BUILDERS = {"tiny": build_tiny_sd, "sd15": build_sd15, "sdxl": build_sdxl}
"""Bases of random weights by the layout that they have."""


@pytest.fixture(scope="session")
def bases(tmp_path_factory) -> "Bases":
    """Folder of each base of `BUILDERS`, built when it is first asked for."""
    return Bases(tmp_path_factory.mktemp("bases"))


class Bases(dict):
    """Folders of bases by layout."""

    def __init__(self, top: Path):
        self.top = top

    def __missing__(self, layout: str) -> Path:
        self[layout] = BUILDERS[layout](self.top / layout)
        return self[layout]


def dataset_row(index, character="ada", caption=None, **changes):
    return {
        "id": f"row-{index:04d}",
        "image": {"bytes": encode_png(picture(index)), "path": None},
        "caption": caption or f"{character}, 1person, head, red_robe, forest",
        "caption_origin": "wd14:0",
        "character": character,
        "trigger": character,
        "characters": [character] if character else [],
        "outfit": None,
        "outfit_name": None,
        "stage": "head",
        "origin": "crop",
        "face": stored_box((16, 8, 48, 40)),
        "keep": stored_box((16, 8, 48, 40)),
        "parents": [],
        "frame_id": None,
        "time_code": None,
        "video": None,
        "shot": None,
        "width_px": 64,
        "height_px": 64,
        "bucket": "64x64",
        "cut_share": 0.0,
        "per_epoch": 1.0,
        **changes,
    }


def prior_row(index):
    return dataset_row(
        index,
        character=None,
        caption="1person, head, castle",
        trigger=None,
        stage="regularization",
        face=None,
        keep=None,
        origin="base",
    )


def write_dataset(folder: Path, train=None, validation=None, regularization=None, **more) -> Path:
    """Writes a dataset; by default six pictures of ada and four of bela, six held out, and two of nobody.

    Other tables by name: `**{"regularization/validation": rows}`.
    """
    tables = {
        "characters/train": train or [dataset_row(i, "ada" if i < 6 else "bela") for i in range(10)],
        "characters/validation": validation or [dataset_row(20 + i, "ada" if i < 3 else "bela") for i in range(6)],
        "regularization/train": regularization or [prior_row(30), prior_row(31)],
        **more,
    }
    for name, rows in tables.items():
        stored = [{column: row[column] for column in DATASET.names} for row in rows]
        write_table(stored, DATASET, folder / name / "v.parquet")
    plan = [
        {**{column: row.get(column) for column in PLAN.names}, "key": f"{config}/{row['id']}", "config": config}
        for config in ("characters", "regularization")
        for row in tables[f"{config}/train"]
    ]
    write_table(plan, PLAN, folder / "plan.parquet")
    return folder


TRAIN = {
    "seed": 7,
    "steps": 6,
    "epochs": None,
    "min_steps": 0,
    "save_every": 2,
    "save_epochs": None,
    "save_precision": "fp32",
    "batch_size": 4,
    "accumulation": 1,
    "resolution_px": None,
    "parts": None,
    "text_encoder_steps": None,
    "adapter": {
        "rank": 4,
        "alpha": 4,
        "text_rank": 2,
        "text_alpha": 2,
        "targets": "full",
        "conv_rank": None,
        "conv_alpha": None,
        "dropout": 0.0,
        "factor": None,
        "dora": False,
    },
    "embedding": {"vectors": 2, "init": "a", "style": None},
    "learning_rate": {"unet": 2.0e-3, "text_encoder": 1.0e-3, "embedding": 1.0e-2, "controlnet": 1.0e-3},
    "schedule": {"name": "linear", "warmup_steps": 2, "decay_from": 0.5, "cycle_epochs": None},
    "sets": {
        "characters": 1.0,
        "scenes": 0.0,
        "composites": 0.0,
        "control": 0.0,
        "control_kinds": None,
        "regularization": 1.0,
    },
    "per_subject": None,
    "prior": {"share": 0.25, "weight": 0.5},
    "captions": {"shuffle": True, "keep": 1, "tag_dropout": 0.0, "dropout": 0.1, "tokens": 75},
    "objective": {
        "min_snr": None,
        "noise_offset": 0.0,
        "pyramid_noise": 0.0,
        "huber": None,
        "zero_terminal_snr": False,
        "face_weight": 1.0,
    },
    "optimizer": {"name": "adamw", "weight_decay": 0.01, "max_grad_norm": 1.0},
    "ema": None,
    "validation": {"every": None, "timesteps": [0.25, 0.75], "pictures": 2},
    "gradient_checkpointing": False,
    "cache": False,
    "precision": "fp32",
    "device": "cpu",
    "deterministic": True,
    "threads": 1,
    "phases": [],
}
"""A training of seconds."""

DRAWING = {
    "steps": 2,
    "guidance": 3.0,
    "negative": "",
    "batch_size": 2,
    "precision": "fp32",
    "device": "cpu",
    "threads": 1,
}
"""Pictures in less than a second."""


def merged(old: dict, new: dict) -> dict:
    """`old` with the keys of `new`, section by section."""
    return old | {key: merged(old[key], value) if isinstance(value, dict) else value for key, value in new.items()}
