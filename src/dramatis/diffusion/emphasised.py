"""Prompts with emphasis as the UNet hears them.

How a weight is applied is ComfyUI's (`sd1_clip.py`): a token's hidden state goes so far from that of the empty text, at
the same place, as the weight says. Web UI multiplies the states themselves and then scales all of them back to their
mean, which is near zero, so that one weight moves every other token; and 0 is not the absence of a word there.
The pooled output that SDXL reads beside them stays as it is.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from dramatis.diffusion.emphasis import pieces, plain
from dramatis.diffusion.prompts import CHUNK, text_ids, window_of

if TYPE_CHECKING:
    from transformers import CLIPTokenizer

    from dramatis.diffusion.model import Conditioning, Model


def token_weights(tokenizer: "CLIPTokenizer", prompt: str) -> list[float]:
    """Weight of each token of a prompt, without begin and end, however many."""
    text, weights = "", list[float]()
    for piece in pieces(prompt):
        text += piece.text
        weights += [piece.weight] * (len(text_ids(tokenizer, [text])[0]) - len(weights))
    return weights


def place_of(token: int, window: int) -> int:
    """Where a token of a text stands among the hidden states, whose chunks have a begin and an end each."""
    return token // (window - 2) * window + 1 + token % (window - 2)


def encode(model: "Model", prompts: Sequence[str], tokens: int = CHUNK) -> "Conditioning":
    """Conditioning of prompts with emphasis; of those without it, bit for bit what `Model.encode` gives.

    Args:
        tokens: how many tokens of each are read: 75, 150 or 225.

    Raises:
        ParameterError: a weight is beyond ±5.
    """
    said = model.encode([plain(prompt) for prompt in prompts], tokens)
    found = [pieces(prompt) for prompt in prompts]
    if all(piece.weight == 1 for parts in found for piece in parts):
        return said
    name, encoder = next(iter(model.encoders().items()))
    tokenizer = model.tokenizers()[name]
    window = window_of(tokenizer, encoder)
    factors = torch.ones(said.hidden.shape[:2])
    for row, prompt in enumerate(prompts):
        for token, weight in enumerate(token_weights(tokenizer, prompt)):
            if (place := place_of(token, window)) < factors.shape[1]:
                factors[row, place] = weight
    away = factors[..., None].to(said.hidden)
    empty = model.encode([""], tokens).hidden
    return said._replace(hidden=torch.where(away == 1, said.hidden, empty + (said.hidden - empty) * away))
