"""How long captions are to the base model's text encoder."""

from collections.abc import Sequence
from pathlib import Path

from dramatis.core.errors import MissingError

SETTING = "caption.tokenizer"
FILES = ("vocab.json", "merges.txt")


def count_tokens(captions: Sequence[str], folder: Path) -> list[int]:
    """Tokens of each caption, without those that mark its beginning and end.

    Args:
        folder: of a CLIPTokenizer, as `tokenizer/` of a Stable Diffusion folder is one.

    Raises:
        MissingError: it holds no such tokenizer.
    """
    for name in FILES:
        if not (folder / name).is_file():
            remedy = (
                f"Point `{SETTING}` in params.yaml at the folder `tokenizer` of the base, or set `token_limits: []`"
            )
            raise MissingError(str(folder / name), "there is no such file", remedy)
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(folder)
    return [len(tokenizer(caption, add_special_tokens=False, verbose=False)["input_ids"]) for caption in captions]


def told(counts: Sequence[int], limits: Sequence[int]) -> str | None:
    """A sentence on the captions that are longer than the limits; None if there are none."""
    longer = {limit: sum(count > limit for count in counts) for limit in sorted(limits)}
    if not any(longer.values()):
        return None
    said = ", ".join(f"{number} than {limit}" for limit, number in longer.items())
    return (
        f"of {len(counts)} captions, so many have more tokens: {said}; what is behind the limit of a trainer is cut off"
    )
