"""New tokens of textual inversion: their names, and captions that have them."""

import re
from collections.abc import Iterable, Mapping


def token_of(trigger: str) -> str:
    """The token that stands for a trigger word, or for a style: `<ada>`; of a token it is that."""
    return f"<{trigger.strip('<>')}>"


def names_of(token: str, vectors: int) -> list[str]:
    """What the tokenizer calls a token of several vectors, as diffusers does: `<ada>`, `<ada>_1`, ..."""
    return [token, *(f"{token}_{number}" for number in range(1, vectors))]


def replaced(caption: str, words: Mapping[str, str]) -> str:
    """A caption with other texts in place of words: of tags that are nothing else, or, where no tag is, wherever the
    word stands by itself.

    Args:
        caption: tags separated by commas, or sentences.
        words: text by the word that it replaces.
    """
    tags = [tag.strip() for tag in caption.split(",")]
    if not words.keys().isdisjoint(tags):
        return ", ".join(words.get(tag, tag) for tag in tags)
    longest = sorted(words, key=len, reverse=True)
    found = "|".join(rf"(?<![\w<-]){re.escape(word)}(?![\w>-])" for word in longest)
    return re.sub(found, lambda match: words[match[0]], caption) if words else caption


def with_style(captions: Iterable[str], text: str) -> list[str]:
    """Captions with a style behind them; an empty one stays empty, as guidance needs it."""
    return [f"{caption}, {text}" if caption else caption for caption in captions]
