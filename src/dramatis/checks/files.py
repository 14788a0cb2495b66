"""Files that the parameters name: there, and whole as far as their beginnings tell; nothing is loaded."""

import warnings
from pathlib import Path

import PIL.Image

from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.images import DAMAGE, MOST_PX, MOST_SIDE_PX
from dramatis.core.params import PARAMS
from dramatis.diffusion.base import check_base
from dramatis.models.headers import check_weights
from dramatis.models.wanted import Named

TOKENIZER = ("vocab.json", "merges.txt")
"""Files of a CLIPTokenizer."""
LOOKED_INTO = (".onnx", ".safetensors", ".json")
"""Files of weights that say by their beginning whether they are whole."""


def check_named(named: Named) -> None:
    """Weights, a tokenizer or a base that a parameter names.

    Raises:
        ParameterError: nothing is named.
        MissingError: there is no such file or folder, or a part of it is missing.
        InputError: a file is cut short, or is not what it is called.
    """
    place, path = f"{PARAMS}: {named.key}", named.path
    if path == Path():
        raise ParameterError(place, "it names nothing", "Name a folder; an empty one names nobody")
    if not path.exists():
        raise MissingError(place, f"there is no {path}", named.remedy)
    if named.key == "caption.tokenizer":
        _check_tokenizer(path)
    elif named.key.startswith(("runs.", "regularization.")):
        check_base(str(path))
    for file in [path] if path.is_file() else sorted(path.rglob("*")):
        if file.suffix in LOOKED_INTO and file.is_file():
            check_weights(file)


def _check_tokenizer(folder: Path) -> None:
    for name in TOKENIZER:
        if not (folder / name).is_file():
            remedy = "Name the folder `tokenizer` of the base, or one with these files: " + ", ".join(TOKENIZER)
            raise MissingError(str(folder / name), "there is no such file, so this is no tokenizer of CLIP", remedy)


def check_picture(file: Path) -> None:
    """The header of a picture file.

    Raises:
        InputError: it is none, or one that is too large to be read.
    """
    try:
        with warnings.catch_warnings(action="ignore"), PIL.Image.open(file) as image:
            width, height = image.size
    except DAMAGE as error:
        said = "it is no picture" if isinstance(error, PIL.UnidentifiedImageError) else f"it is damaged ({error})"
        raise InputError(str(file), " ".join(said.split()), "Take it away, or get another copy") from None
    if width * height > MOST_PX or max(width, height) > MOST_SIDE_PX:
        most = f"{MOST_PX // 1_000_000} million pixels and {MOST_SIDE_PX} px a side"
        raise InputError(str(file), f"it is {width}×{height} px, and at most {most} are read", "Make it smaller")
