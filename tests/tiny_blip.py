"""A captioner in BLIP layout, untrained and tiny: it says nonsense, but always the same."""

from pathlib import Path

import torch
from transformers import BertTokenizer, BlipConfig, BlipForConditionalGeneration, BlipImageProcessorPil

WORDS = (
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "[DEC]",
    "a",
    "picture",
    "of",
    "ada",
    "red",
    "hair",
    "forest",
    ",",
)


def write_blip(folder: Path, seed: int = 4) -> None:
    """Writes model, tokenizer and preparation into a folder."""
    torch.manual_seed(seed)
    small = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    ids = {"bos_token_id": 5, "pad_token_id": 0, "eos_token_id": 3, "sep_token_id": 3}
    text = {**small, **ids, "vocab_size": len(WORDS), "encoder_hidden_size": 16, "max_position_embeddings": 32}
    vision = {**small, "image_size": 16, "patch_size": 8}
    net = BlipForConditionalGeneration(BlipConfig(text_config=text, vision_config=vision, projection_dim=16))
    for weight in net.parameters():
        torch.nn.init.normal_(weight, std=0.5)
    net.save_pretrained(folder)
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    BertTokenizer(vocab=vocabulary, bos_token="[DEC]").save_pretrained(folder)
    BlipImageProcessorPil(size={"height": 16, "width": 16}).save_pretrained(folder)
