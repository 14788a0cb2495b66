"""What a safetensors file holds, read from its header alone: names and shapes, and whether the file is whole."""

import json
import struct
from pathlib import Path

from dramatis.core.errors import InputError

REMEDY = "Fetch it or make it again"
LONGEST = 100_000_000
"""Bytes of a header, at most, as in the safetensors library."""


def shapes_of(file: Path) -> dict[str, tuple[int, ...]]:
    """Shape of each tensor of a safetensors file by name, none of which is read.

    Raises:
        InputError: the file is none of that kind, or is cut short.
    """
    size = file.stat().st_size
    with file.open("rb") as stream:
        start = stream.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else LONGEST + 1
        if length > LONGEST:
            raise InputError(str(file), f"{size} bytes that are no safetensors file", REMEDY)
        text = stream.read(length)
    try:
        header = json.loads(text)
        shapes = {name: tuple(about["shape"]) for name, about in header.items() if name != "__metadata__"}
        end = max((about["data_offsets"][1] for name, about in header.items() if name != "__metadata__"), default=0)
    except (ValueError, KeyError, TypeError, AttributeError):
        whole = f"{size} bytes of which the header alone takes {length + 8}" if length + 8 > size else "a bad header"
        raise InputError(str(file), f"no safetensors file: {whole}", REMEDY) from None
    if 8 + length + end != size:
        raise InputError(
            str(file), f"cut short or padded: {size} bytes, and its header tells of {8 + length + end}", REMEDY
        )
    return shapes
