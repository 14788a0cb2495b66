"""Vectors of textual inversion: as this project, diffusers, and webui and ComfyUI write them."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from torch import Tensor

from dramatis.core.errors import InputError
from dramatis.diffusion.weights import read_keys, read_weights

SECOND = ".2"
"""End of a token's name in this project's files: its vectors are of SDXL's second encoder."""
WEBUI, WEBUI_XL = "emb_params", {"text_encoder": "clip_l", "text_encoder_2": "clip_g"}
"""Names of the tensors in files of webui and ComfyUI; the token is the name of the file."""
USE = "Files of diffusers (token: vectors), webui (emb_params) and SDXL (clip_l, clip_g) can be read"


class Embedding(NamedTuple):
    """One new token."""

    token: str
    vectors: dict[str, Tensor]
    """By text encoder, each (vectors, D)."""


def is_embedding(file: Path) -> bool:
    """Whether a safetensors file holds vectors of tokens: few names, none with a path of layers."""
    keys = read_keys(file)
    known = WEBUI in keys or set(WEBUI_XL.values()) <= keys
    return known or bool(keys) and all("." not in key.removesuffix(SECOND) for key in keys)


def read_embeddings(file: Path) -> list[Embedding]:
    """The tokens of a file, whichever program wrote it.

    Raises:
        MissingError: there is no such file.
        InputError: it is a pickle, damaged, or holds something else.
    """
    tensors = read_weights(file)
    if WEBUI in tensors:
        found = [Embedding(file.stem, {"text_encoder": tensors[WEBUI]})]
    elif set(WEBUI_XL.values()) <= set(tensors):
        found = [Embedding(file.stem, {part: tensors[name] for part, name in WEBUI_XL.items()})]
    else:
        tokens = sorted(name for name in tensors if not name.endswith(SECOND))
        found = [
            Embedding(
                token,
                {"text_encoder": tensors[token]}
                | ({"text_encoder_2": tensors[token + SECOND]} if token + SECOND in tensors else {}),
            )
            for token in tokens
        ]
    found = [Embedding(token, {part: _rows(some) for part, some in vectors.items()}) for token, vectors in found]
    counts = [{some.shape[0] for some in one.vectors.values()} for one in found]
    if not found or any(some.dim() != 2 for one in found for some in one.vectors.values()) or max(map(len, counts)) > 1:
        raise InputError(str(file), "no vectors of tokens", USE)
    return found


def _rows(vectors: Tensor) -> Tensor:
    return vectors[None] if vectors.dim() == 1 else vectors


def stored(embeddings: list[Embedding]) -> dict[str, Tensor]:
    """Tensors of a file of this project, which diffusers reads too if there is one encoder and one token."""
    ends = {"text_encoder": "", "text_encoder_2": SECOND}
    return {one.token + ends[part]: some for one in embeddings for part, some in one.vectors.items()}


def for_webui(embedding: Embedding) -> dict[str, Tensor]:
    """Tensors of a file for webui and ComfyUI, which diffusers reads too; its name says the token."""
    vectors: Mapping[str, Tensor] = embedding.vectors
    if set(vectors) == {"text_encoder"}:
        return {WEBUI: vectors["text_encoder"]}
    return {WEBUI_XL[part]: some for part, some in vectors.items()}


def file_name(token: str) -> str:
    """Name of a file for a token: `<ada>` is written `ada.safetensors`."""
    return f"{token.strip('<>')}.safetensors"
