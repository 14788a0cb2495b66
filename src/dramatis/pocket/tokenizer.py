"""The tokenizer of the pocket text encoder: CLIP's own format, with the words of the captions as whole tokens.

Byte-pair merges (arXiv 1508.07909) are learned on the words alone until each is one token. All 256 bytes are tokens
too, within a word and at its end, so every other word can be written as well, in more tokens.
"""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

from transformers import CLIPTokenizer

END = "</w>"
START_TOKEN, END_TOKEN = "<|startoftext|>", "<|endoftext|>"


def byte_letters() -> list[str]:
    """A printable letter for each of the 256 bytes, as CLIP writes them: bytes that print stand for themselves."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


def caption_words(groups: dict[str, tuple[str, ...]], names: tuple[str, ...]) -> list[str]:
    """The words of all tags and names, without digits (CLIP splits those off), in alphabetical order."""
    tags = [tag for group in groups.values() for tag in group]
    return sorted({word.strip("0123456789") for text in (*tags, *names) for word in text.split("_")} - {""})


def learn_merges(words: list[str]) -> list[tuple[str, str]]:
    """Merges that make each word one token: the most frequent pair first, ties in alphabetical order."""
    parts = [[*word[:-1], word[-1] + END] for word in words]
    merges = []
    while any(len(part) > 1 for part in parts):
        counts = Counter(pair for part in parts for pair in pairwise(part))
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        parts = [_merged(part, best) for part in parts]
    return merges


def _merged(part: list[str], pair: tuple[str, str]) -> list[str]:
    """A word's parts with each occurrence of a pair joined, from left to right."""
    joined: list[str] = []
    for letter in part:
        if joined and (joined[-1], letter) == pair:
            joined[-1] += letter
        else:
            joined.append(letter)
    return joined


def write_tokenizer(words: list[str], tokens: int, folder: Path) -> CLIPTokenizer:
    """Writes a CLIPTokenizer folder (vocab.json, merges.txt and settings) and loads it.

    Args:
        words: lower-case words that become one token each.
        tokens: longest prompt, start and end included.
    """
    letters, merges = byte_letters(), learn_merges(words)
    known = [*letters, *(letter + END for letter in letters), *("".join(pair) for pair in merges)]
    vocabulary = {token: place for place, token in enumerate(dict.fromkeys([*known, START_TOKEN, END_TOKEN]))}
    special = {"bos_token": START_TOKEN, "eos_token": END_TOKEN, "unk_token": END_TOKEN, "pad_token": END_TOKEN}
    settings = special | {
        "model_max_length": tokens,
        "tokenizer_class": "CLIPTokenizer",
        "do_lower_case": True,
        "errors": "replace",
        "add_prefix_space": False,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *map(" ".join, merges)]) + "\n", "utf-8")
    for name, value in (("vocab", vocabulary), ("special_tokens_map", special), ("tokenizer_config", settings)):
        (folder / f"{name}.json").write_text(json.dumps(value, indent=2) + "\n", "utf-8")
    return CLIPTokenizer.from_pretrained(folder)
