"""Any adapter file through one door; which format it has is found by the names of its tensors."""

import re
from collections.abc import Iterable
from pathlib import Path

from dramatis.core.errors import InputError
from dramatis.diffusion.adapter import Adapter, kind_of
from dramatis.diffusion.formats import kohya, old_diffusers, peft
from dramatis.diffusion.formats.ldm import SDXL, Layout
from dramatis.diffusion.weights import read_keys, read_metadata, read_weights

FORMATS = {"kohya": kohya, "diffusers": peft, "old-diffusers": old_diffusers}
"""In the order in which they are asked; each has `owns` and `read`."""
OTHERS = {
    r"oft_blocks|oft_diag|\.oft_": "OFT",
    r"\.on_input$": "(IA)³",
    r"\.b1\.weight$|\.a1\.weight$": "GLoRA",
    r"transformer\.single_transformer_blocks|lora_unet_(double|single)_blocks|lora_transformer": "Flux or its like",
}
"""Kinds of adapters that are not read, by what their names hold."""


def format_of(keys: Iterable[str]) -> str | None:
    """Name of the format, or None if the tensors are no adapter's."""
    keys = list(keys)
    return next((name for name, format in FORMATS.items() if format.owns(keys)), None)


def is_adapter(file: Path) -> bool:
    """Whether a safetensors file holds an adapter; errors as for `read_weights`."""
    return format_of(read_keys(file)) is not None


def read_adapter(file: Path, layout: Layout = SDXL) -> Adapter:
    """The content of an adapter file of any format that is known here.

    Args:
        file: safetensors.
        layout: of the UNet, for names of the original one; real SD and SDXL have the same where it is read.

    Raises:
        MissingError: there is no such file.
        InputError: it is a pickle, damaged, or holds something else.
    """
    tensors, metadata = read_weights(file), read_metadata(file)
    name = format_of(tensors)
    other = next((kind for pattern, kind in OTHERS.items() if any(re.search(pattern, key) for key in tensors)), None)
    remedy = "LoRA, DoRA, LoHa, LoKr and full differences of Stable Diffusion can be read"
    if name is None or other is not None:
        what = f"this is an adapter of {other}" if other else "no adapter: the names of its tensors are of none"
        raise InputError(str(file), what, remedy)
    try:
        layers = FORMATS[name].read(tensors, metadata, layout)
    except ValueError as error:
        raise InputError(str(file), str(error), remedy) from error
    for place, update in layers.items():
        if kind_of(update) is None:
            held = ", ".join(sorted(update))
            raise InputError(str(file), f"{place.part} {place.module} holds only {held}", "Fetch or make it again")
    return Adapter(dict(sorted(layers.items())), metadata)


def family_of(adapter: Adapter) -> str:
    """sdxl if it has layers that only SDXL has, else sd: without any, nothing tells them apart."""
    deep = re.compile(r".*\.transformer_blocks\.[1-9].*")
    xl = any(place.part == "text_encoder_2" or deep.fullmatch(place.module) for place in adapter.layers)
    return "sdxl" if xl else "sd"
