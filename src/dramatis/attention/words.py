"""Words of prompts: where their tokens stand, and which token of one prompt belongs to which of another."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import torch

from dramatis.core.errors import ParameterError
from dramatis.diffusion.emphasis import plain
from dramatis.diffusion.emphasised import place_of
from dramatis.diffusion.model import Model
from dramatis.diffusion.prompts import CHUNK, text_ids, window_of


class Prompt(NamedTuple):
    """A prompt as the UNet's cross-attention sees it."""

    text: str
    """With the brackets of emphasis."""
    ids: list[int]
    """Its tokens, without begin and end, as many as are read."""
    window: int
    """Hidden states of a chunk, begin and end included."""
    length: int
    """Hidden states of the whole, T."""


class Pairing(NamedTuple):
    """Which attention of a source prompt a target prompt takes over.

    Attributes:
        mapper: share of each source state's attention that each target state is given, shape (T, T).
        held: 1 for target states that take it over, 0 for those that have their own, shape (T,).
    """

    mapper: torch.Tensor
    held: torch.Tensor


Span = tuple[int, int]
"""First token of a word, and the one behind its last."""


def prompt_of(model: Model, text: str, tokens: int = CHUNK) -> Prompt:
    """The prompt's tokens as the model's first tokenizer has them; that of SDXL's second has the same."""
    name, encoder = next(iter(model.encoders().items()))
    tokenizer = model.tokenizers()[name]
    window, chunks = window_of(tokenizer, encoder), max(tokens // CHUNK, 1)
    ids = text_ids(tokenizer, [plain(text)])[0][: chunks * (window - 2)]
    return Prompt(text, ids, window, chunks * window)


def places(prompt: Prompt, span: Span) -> list[int]:
    """The hidden states of a word's tokens, as far as they are read."""
    return [place_of(token, prompt.window) for token in range(span[0], min(span[1], len(prompt.ids)))]


def spans(model: Model, prompt: Prompt, word: str) -> list[Span]:
    """The tokens of a word, each time that it stands in a prompt, whatever its case.

    Raises:
        ParameterError: it is not there, or stands behind the last token that is read.
    """
    text = plain(prompt.text)
    found = [(_tokens(model, text[: one.start()]), _tokens(model, text[: one.end()])) for one in _matches(word, text)]
    if not found:
        raise _absent(word, text)
    read = [one for one in found if one[1] <= len(prompt.ids)]
    if not read:
        problem = f"{word!r} stands behind the {len(prompt.ids)} tokens of the prompt that are read"
        raise ParameterError(
            f"word {word!r}", problem, "Shorten the prompt, put the word nearer its beginning, or read more tokens"
        )
    return read


def has_word(text: str, word: str) -> bool:
    """Whether a word stands in a prompt, whatever its case and emphasis."""
    return bool(_matches(word, plain(text)))


def replaced(text: str, word: str, by: str) -> str:
    """The prompt with another word in place of one, each time that it stands there.

    Raises:
        ParameterError: it is not there as it is, without a bracket of emphasis in it.
    """
    if not _matches(word, text):
        raise _absent(word, text)
    for one in reversed(_matches(word, text)):
        text = text[: one.start()] + by + text[one.end() :]
    return text


def extended(text: str, word: str | None, by: str) -> str:
    """The prompt with more said behind a word, or at its end.

    Raises:
        ParameterError: the word is not there.
    """
    if word is None:
        return f"{text.rstrip(', ')}, {by}" if text.strip(", ") else by
    if not _matches(word, text):
        raise _absent(word, text)
    end = _matches(word, text)[0].end()
    return f"{text[:end]}, {by}{text[end:]}"


def replace_pairing(source: Prompt, target: Prompt, at: Sequence[tuple[Span, Span]]) -> Pairing:
    """Pairs the words of a prompt with those that stand in their place; all the others are the same.

    Hertz et al., "Prompt-to-Prompt Image Editing with Cross Attention Control" (arXiv 2208.01626), eq. of word swap.
    A word of n tokens that is replaced by one of m gives each of them 1 / m of its attention, token by token if n = m.

    Args:
        at: tokens of each replaced word in the source and of what stands there in the target, in order.
    """
    pairs: list[tuple[int, int, float]] = []
    old = new = 0
    for (start, end), (begin, stop) in [*at, ((len(source.ids), 0), (len(target.ids), 0))]:
        pairs += [(old + step, new + step, 1.0) for step in range(min(start - old, begin - new))]
        if end - start == stop - begin:
            pairs += [(start + step, begin + step, 1.0) for step in range(end - start)]
        else:
            share = 1 / max(stop - begin, 1)
            pairs += [(one, other, share) for one in range(start, end) for other in range(begin, stop)]
        old, new = end, stop
    return _pairing(source, target, pairs)


def refine_pairing(source: Prompt, target: Prompt) -> Pairing:
    """Pairs the tokens that two prompts have in common, in order; the others of the target have their own attention.

    Hertz et al. 2022, eq. of prompt refinement; the alignment is a longest common subsequence of the tokens.
    """
    return _pairing(source, target, [(old, new, 1.0) for old, new in common(source.ids, target.ids)])


def common(first: Sequence[int], second: Sequence[int]) -> list[tuple[int, int]]:
    """A longest common subsequence, as pairs of places in both; of several, the one that pairs earliest."""
    best = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]  # longest of what is left from (i, j) on
    for i in reversed(range(len(first))):
        for j in reversed(range(len(second))):
            if first[i] == second[j]:
                best[i][j] = 1 + best[i + 1][j + 1]
            else:
                best[i][j] = max(best[i + 1][j], best[i][j + 1])
    found, i, j = list[tuple[int, int]](), 0, 0
    while i < len(first) and j < len(second):
        if first[i] == second[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _pairing(source: Prompt, target: Prompt, pairs: Sequence[tuple[int, int, float]]) -> Pairing:
    """Of pairs of tokens (source, target, share); begins, ends and padding pair by chunk."""
    mapper = torch.zeros(source.length, target.length)
    for old, new, share in pairs:
        if old < len(source.ids) and new < len(target.ids):
            mapper[place_of(old, source.window), place_of(new, target.window)] = share
    for chunk in range(0, target.length, target.window):
        for old, new in zip(_rest(source, chunk), _rest(target, chunk), strict=False):
            mapper[old, new] = 1
    return Pairing(mapper, (mapper.sum(0) > 0).float())


def _rest(prompt: Prompt, chunk: int) -> list[int]:
    """Begin, end and padding of the chunk that starts at a state, in this order."""
    inside = prompt.window - 2
    count = min(max(len(prompt.ids) - chunk // prompt.window * inside, 0), inside)
    return [chunk, *range(chunk + 1 + count, chunk + prompt.window)]


def _matches(word: str, text: str) -> list[re.Match[str]]:
    return list(re.finditer(rf"(?<!\w){re.escape(word.strip())}(?!\w)", text, re.IGNORECASE)) if word.strip() else []


def _tokens(model: Model, text: str) -> int:
    return len(text_ids(next(iter(model.tokenizers().values())), [text])[0])


def _absent(word: str, text: str) -> ParameterError:
    return ParameterError(
        f"word {word!r}", f"it does not stand in the prompt {text!r}", "Name a word as it stands there"
    )
