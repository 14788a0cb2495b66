"""Pipelines of random weights with the layout of the real SD 1.5 and SDXL, only narrower; made in seconds."""

import json
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

LETTERS = [chr(code) for code in range(33, 127)]
WORDS = [*LETTERS, *(f"{letter}</w>" for letter in LETTERS), "<|startoftext|>", "<|endoftext|>"]


def tokenizer_of(folder: Path) -> CLIPTokenizer:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(WORDS)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)


def text_config(width: int, **changes) -> CLIPTextConfig:
    last = len(WORDS) - 1
    return CLIPTextConfig(
        vocab_size=len(WORDS), hidden_size=width, intermediate_size=2 * width, num_hidden_layers=2,
        num_attention_heads=2, bos_token_id=last - 1, eos_token_id=last, pad_token_id=last, **changes,
    )  # fmt: skip


def vae_of() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(8, 8, 16, 16), layers_per_block=2, latent_channels=4, norm_num_groups=4, sample_size=64,
        down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
    )  # fmt: skip


def scheduler_of() -> DDIMScheduler:
    return DDIMScheduler(
        beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, clip_sample=False, set_alpha_to_one=False,
        steps_offset=1,
    )  # fmt: skip


def tiny_sd15(scratch: Path) -> StableDiffusionPipeline:
    """Four levels of two blocks, attention in three, convolutions as projections, as SD 1.5 has them."""
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        sample_size=8, block_out_channels=(8, 16, 16, 16), layers_per_block=2, cross_attention_dim=16,
        norm_num_groups=4, attention_head_dim=2,
    )  # fmt: skip
    return StableDiffusionPipeline(
        vae=vae_of(), text_encoder=CLIPTextModel(text_config(16)), tokenizer=tokenizer_of(scratch), unet=unet,
        scheduler=scheduler_of(), safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def tiny_sdxl(scratch: Path) -> StableDiffusionXLPipeline:
    """Three levels of two blocks, two text encoders, dense projections, several transformers a block, as SDXL has."""
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        sample_size=8, block_out_channels=(8, 16, 16), layers_per_block=2, cross_attention_dim=16 + 24,
        norm_num_groups=4, attention_head_dim=(2, 4, 4), transformer_layers_per_block=(1, 2, 3),
        use_linear_projection=True, addition_embed_type="text_time", addition_time_embed_dim=4,
        projection_class_embeddings_input_dim=6 * 4 + 24,
        down_block_types=["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        up_block_types=["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
    )  # fmt: skip
    tokenizer = tokenizer_of(scratch)
    return StableDiffusionXLPipeline(
        vae=vae_of(), text_encoder=CLIPTextModel(text_config(16)),
        text_encoder_2=CLIPTextModelWithProjection(text_config(24, projection_dim=24, hidden_act="gelu")),
        tokenizer=tokenizer, tokenizer_2=tokenizer_of(scratch), unet=unet, scheduler=scheduler_of(),
        add_watermarker=False,
    )  # fmt: skip
