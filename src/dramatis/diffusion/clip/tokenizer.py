"""CLIP's tokenizer, which single-file checkpoints do without: built from the list of merges that lies beside.

`merges.txt.xz` is OpenAI's list (MIT licence, `LICENSE` beside it), its first 48,894 lines, as in every base of the
families SD 1.5 and SDXL.
"""

import json
import lzma
from functools import lru_cache
from pathlib import Path

MERGES = Path(__file__).with_name("merges.txt.xz")
BEGIN, END = "<|startoftext|>", "<|endoftext|>"
WINDOW = 77
"""Tokens that CLIP takes at once, the first and the last included."""


def letters() -> list[str]:
    """A letter for each of the 256 bytes, in CLIP's order: the visible ones of Latin-1, then U+0100 on for the rest."""
    visible = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = len(set(range(256)) - set(visible))
    return [chr(code) for code in visible] + [chr(256 + i) for i in range(hidden)]


@lru_cache
def merges() -> tuple[str, ...]:
    """Pairs that are joined, in order: `i n`."""
    return tuple(lzma.decompress(MERGES.read_bytes()).decode().splitlines()[1:])


def vocabulary() -> dict[str, int]:
    """Number of each of the 49,408 tokens: letters, letters that end a word, joined pairs, begin and end."""
    words = [*letters(), *(f"{letter}</w>" for letter in letters()), *("".join(pair.split()) for pair in merges())]
    return {word: number for number, word in enumerate([*words, BEGIN, END])}


def write_tokenizer(folder: Path, pad: str = END) -> None:
    """Writes the tokenizer in the layout that every version of transformers reads.

    Args:
        folder: `tokenizer` or `tokenizer_2` of a pipeline.
        pad: what fills a short text: `<|endoftext|>`, or `!` in SDXL's second tokenizer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    special = {"bos_token": BEGIN, "eos_token": END, "unk_token": END, "pad_token": pad}
    about = special | {"model_max_length": WINDOW, "tokenizer_class": "CLIPTokenizer", "do_lower_case": True}
    (folder / "vocab.json").write_text(json.dumps(vocabulary(), ensure_ascii=False))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges(), ""]))
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=2))
    (folder / "tokenizer_config.json").write_text(json.dumps(about, indent=2))
