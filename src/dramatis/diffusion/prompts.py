"""Text to conditioning: the one encoding that training and drawing share, so that both agree."""

import logging

import torch

log = logging.getLogger(__name__)


def encode(tokenizer, text_encoder, texts: list[str], clip_skip: int | None = None) -> torch.Tensor:
    """Hidden states of the text encoder for a list of texts, shape (B, T, D), T tokens each.

    The pipelines of diffusers crash on `clip_skip` with transformers 5, where CLIP's text model is flat; this does not.

    Args:
        tokenizer: CLIP tokenizer; its `model_max_length` is T.
        text_encoder: CLIP text model, flat (transformers 5) or with an inner `text_model`.
        texts: captions or prompts; the empty text is the unconditional one.
        clip_skip: layer to read, counted from the last (1), as other programs count; None is the last.
    """
    tokens = tokenizer(
        texts, padding="max_length", truncation=True, max_length=tokenizer.model_max_length, return_tensors="pt"
    )
    ids = tokens.input_ids.to(text_encoder.device)  # (B, T)
    if clip_skip in (None, 1):
        return text_encoder(ids)[0]
    states = text_encoder(ids, output_hidden_states=True).hidden_states  # layers + 1 of (B, T, D)
    return getattr(text_encoder, "text_model", text_encoder).final_layer_norm(states[-clip_skip])


def warn_of_long_texts(tokenizer, texts: list[str]) -> int:
    """How many distinct texts have more tokens than the encoder reads; says so in the log, with an example."""
    lengths = {text: len(tokenizer(text, verbose=False).input_ids) for text in set(texts)}
    long = sorted(text for text, length in lengths.items() if length > tokenizer.model_max_length)
    if long:
        log.warning(
            "%d of %d captions pass %d tokens, so their ends are not read; one is: %s",
            len(long),
            len(lengths),
            tokenizer.model_max_length,
            long[0],
        )
    return len(long)
