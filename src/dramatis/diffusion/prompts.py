"""Text to conditioning: the one encoding that training and drawing share, so that both agree.

A text encoder of CLIP takes 77 tokens: a begin, 75 of the text, an end, and padding. Longer texts are read in chunks of
that kind, each with its own begin and end, whose hidden states follow one another, as in webui and ComfyUI; the pooled
output is that of the first chunk. How many chunks there are is told by `tokens`, not by the text, so that a text means
the same whatever stands beside it.
"""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from transformers import CLIPTextModel, CLIPTokenizer

log = logging.getLogger(__name__)

CHUNK = 75
"""Tokens of text in a chunk of CLIP; a smaller encoder has smaller chunks."""


def window_of(tokenizer: "CLIPTokenizer", text_encoder: "CLIPTextModel | None" = None) -> int:
    """Tokens that the encoder takes at once, begin and end included."""
    most = getattr(getattr(text_encoder, "config", None), "max_position_embeddings", None)
    return min(tokenizer.model_max_length, most or tokenizer.model_max_length)


def text_ids(tokenizer: "CLIPTokenizer", texts: Sequence[str]) -> list[list[int]]:
    """Tokens of each text, without begin and end, however many.

    A token that textual inversion gave several vectors is followed by the others: `<ada>` by `<ada>_1`, `<ada>_2`; one
    that is already followed by them stays as it is.
    """
    ids = tokenizer(list(texts), add_special_tokens=False, verbose=False).input_ids if texts else []
    more = followers(tokenizer)
    return [_with_followers(found, more) for found in ids] if more else ids


def followers(tokenizer: "CLIPTokenizer") -> dict[int, list[int]]:
    """Tokens that belong behind another, by that other's id."""
    added = tokenizer.get_added_vocab()
    found = {}
    for token, number in added.items():
        behind: list[int] = []
        while f"{token}_{len(behind) + 1}" in added:
            behind.append(added[f"{token}_{len(behind) + 1}"])
        if behind:
            found[number] = behind
    return found


def _with_followers(ids: list[int], more: dict[int, list[int]]) -> list[int]:
    out = []
    for place, number in enumerate(ids):
        behind = more.get(number, [])
        out += [number] if ids[place + 1 : place + 1 + len(behind)] == behind else [number, *behind]
    return out


def chunks_of(tokenizer: "CLIPTokenizer", texts: Sequence[str], tokens: int, window: int) -> torch.Tensor:
    """Tokens as the encoder takes them, shape (B, C, W): begin, text, end, padding in each chunk.

    Args:
        tokens: 75, 150 or 225: one, two or three chunks.
        window: W, tokens that the encoder takes at once.
    """
    count, room = max(tokens // CHUNK, 1), window - 2
    rows = []
    for ids in text_ids(tokenizer, texts):
        for start in range(0, count * room, room):
            part = [tokenizer.bos_token_id, *ids[start : start + room], tokenizer.eos_token_id]
            rows.append(part + [tokenizer.pad_token_id] * (window - len(part)))
    return torch.tensor(rows, dtype=torch.long).view(len(texts), count, window)


def states(
    tokenizer: "CLIPTokenizer",
    text_encoder: "CLIPTextModel",
    texts: Sequence[str],
    tokens: int,
    layer: int | None,
    norm: bool,
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Hidden states of texts, (B, T, D), and the pooled output, (B, P), of an encoder that has a projection, else None.

    Args:
        tokenizer: CLIP tokenizer.
        text_encoder: CLIP text model, flat (transformers 5) or with an inner `text_model`, with projection or without.
        texts: at least one; the empty text is the unconditional one.
        tokens: of the text that are read: 75, 150, 225.
        layer: counted from the last (1); None is the encoder's own output.
        norm: whether the final norm follows that layer.
    """
    ids = chunks_of(tokenizer, texts, tokens, window_of(tokenizer, text_encoder)).to(text_encoder.device)
    said = text_encoder(ids.flatten(0, 1), output_hidden_states=layer is not None)
    hidden = said.last_hidden_state if layer is None else said.hidden_states[-layer]  # (B * C, W, D)
    if layer is not None and norm:
        hidden = getattr(text_encoder, "text_model", text_encoder).final_layer_norm(hidden)
    pooled = getattr(said, "text_embeds", None)  # (B * C, P)
    if pooled is not None:
        pooled = pooled.unflatten(0, ids.shape[:2])[:, 0]
    return hidden.unflatten(0, ids.shape[:2]).flatten(1, 2), pooled


def warn_of_long_texts(tokenizer: "CLIPTokenizer", texts: Sequence[str], tokens: int = CHUNK) -> int:
    """How many distinct texts have more tokens than are read; says so in the log, with an example.

    Args:
        tokens: 75, 150 or 225.
    """
    distinct = sorted(set(texts))
    read = max(tokens // CHUNK, 1) * (window_of(tokenizer) - 2)
    lengths = {text: len(ids) for text, ids in zip(distinct, text_ids(tokenizer, distinct), strict=True)}
    long = [text for text in distinct if lengths[text] > read]
    if long:
        log.warning(
            "%d of %d captions pass %d tokens, so their ends are not read; the longest has %d: %s",
            len(long),
            len(distinct),
            read,
            max(lengths.values()),
            max(long, key=lambda text: lengths[text]),
        )
    return len(long)
