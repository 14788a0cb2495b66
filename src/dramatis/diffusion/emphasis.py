r"""Emphasis in prompts: `(word:1.3)` says a word more strongly, `(word:0.7)` less so.

The notation is that of Stable Diffusion web UI: `(word)` is 1.1, `[word]` is 1 / 1.1, and brackets inside brackets
multiply. `\(`, `\)`, `\[`, `\]` and `\\` are the plain signs. A bracket that nothing closes is a plain sign too.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from dramatis.core.errors import ParameterError

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
