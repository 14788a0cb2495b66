r"""Emphasis in prompts: `(word:1.3)` says a word more strongly, `(word:0.7)` less so.

The notation is that of Stable Diffusion web UI: `(word)` is 1.1, `[word]` is 1 / 1.1, and brackets inside brackets
multiply. `\(`, `\)`, `\[`, `\]` and `\\` are the plain signs. A bracket that nothing closes is a plain sign too.

How a weight is applied is ComfyUI's (`sd1_clip.py`): a token's hidden state goes so far from that of the empty text, at
the same place, as the weight says. Web UI multiplies the states themselves and then scales all of them back to their
mean, which is near zero, so that one weight moves every other token; and 0 is not the absence of a word there.
The pooled output that SDXL reads beside them stays as it is.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch

from dramatis.core.errors import ParameterError
from dramatis.diffusion.prompts import CHUNK, text_ids, window_of

if TYPE_CHECKING:
    from transformers import CLIPTokenizer

    from dramatis.diffusion.model import Conditioning, Model

PLAIN_BRACKET = 1.1
MOST = 5.0
"""Largest weight either way; web UI and ComfyUI know none, and pictures fall apart far below it."""
_PARTS = re.compile(r"\\[()\[\]\\]|[()\[\]]|:\s*[+-]?(?:\d+\.?\d*|\.\d+)\s*\)|[^\\()\[\]:]+|[\\:]")


class Piece(NamedTuple):
    """A part of a prompt."""

    text: str
    """As the model reads it: without the brackets of emphasis, and plain signs without their backslash."""
    weight: float


def pieces(prompt: str) -> list[Piece]:
    """A prompt in parts of one weight each, in order; their texts together are what the model reads.

    Raises:
        ParameterError: a weight is beyond ±5.
    """
    found: list[tuple[str, float]] = []
    open_at: list[tuple[str, int]] = []
    for part in _PARTS.findall(prompt):
        if part in ("(", "["):
            open_at.append((part, len(found)))
            found.append((part, 1.0))  # a plain sign, unless it is closed
        elif part[0] == ":" and len(part) > 1 and open_at and open_at[-1][0] == "(":
            _close(found, open_at.pop()[1], _weight(part, prompt))
        elif part in (")", "]") and open_at and open_at[-1][0] == {")": "(", "]": "["}[part]:
            _close(found, open_at.pop()[1], PLAIN_BRACKET if part == ")" else 1 / PLAIN_BRACKET)
        else:
            found.append((part[1:] if len(part) == 2 and part[0] == "\\" else part, 1.0))
    return _joined(found)


def _close(found: list[tuple[str, float]], start: int, weight: float) -> None:
    found[start:] = [("", 1.0), *((text, own * weight) for text, own in found[start + 1 :])]


def _weight(part: str, prompt: str) -> float:
    weight = float(part[1:-1])
    if abs(weight) > MOST:
        problem = f"a word is given the weight {weight:g}, at most {MOST:g} either way is allowed"
        raise ParameterError(f"prompt {prompt!r}", problem, "Give it less; 1.3 is much")
    return weight


def _joined(found: Sequence[tuple[str, float]]) -> list[Piece]:
    out: list[Piece] = []
    for text, weight in found:
        if text and out and out[-1].weight == weight:
            out[-1] = Piece(out[-1].text + text, weight)
        elif text:
            out.append(Piece(text, weight))
    return out


def plain(prompt: str) -> str:
    """The prompt as the model reads it."""
    return "".join(piece.text for piece in pieces(prompt))


def literal(text: str) -> str:
    r"""A text as a prompt without emphasis: its brackets get a backslash."""
    return re.sub(r"[()\[\]\\]", r"\\\g<0>", text)


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
