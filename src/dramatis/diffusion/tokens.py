"""How long texts are to the base model's text encoder, told by its tokenizer alone."""

from collections.abc import Sequence
from pathlib import Path

from dramatis.core.errors import MissingError

SETTING = "caption.tokenizer"
FILES = ("vocab.json", "merges.txt")


def count_tokens(texts: Sequence[str], folder: Path) -> list[int]:
    """Tokens of each text, without those that mark its beginning and end.

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
    # not `verbose`: it would warn of a length that is told of anyway
    return [len(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]) for text in texts]
