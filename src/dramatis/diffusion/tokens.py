"""How long texts are to the base model's text encoder, told by its tokenizer alone."""

from collections.abc import Sequence
from pathlib import Path

from dramatis.core.errors import InputError, MissingError
from dramatis.core.foreign import refused_as

SETTING = "caption.tokenizer"
FILES = ("vocab.json", "merges.txt")


def count_tokens(texts: Sequence[str], folder: Path) -> list[int]:
    """Tokens of each text, without those that mark its beginning and end.

    Args:
        folder: of a CLIPTokenizer, as `tokenizer/` of a Stable Diffusion folder is one.

    Raises:
        MissingError: it holds no such tokenizer.
        InputError: it is damaged.
    """
    remedy = f"Point `{SETTING}` in params.yaml at the folder `tokenizer` of the base, or set `token_limits: []`"
    for name in FILES:
        if not (folder / name).is_file():
            raise MissingError(str(folder / name), "there is no such file", remedy)
        if not (folder / name).stat().st_size:
            raise InputError(str(folder / name), "it is empty", remedy)
    from transformers import CLIPTokenizer

    with refused_as(lambda said: InputError(str(folder), f"no tokenizer can be read from it ({said})", remedy)):
        tokenizer = CLIPTokenizer.from_pretrained(folder)
    # not `verbose`: it would warn of a length that is told of anyway
    return [len(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]) for text in texts]
