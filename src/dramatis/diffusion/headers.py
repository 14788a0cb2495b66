"""What a safetensors file holds, read from its header alone: names and shapes, and whether the file is whole."""

import json
import math
import struct
from pathlib import Path
from typing import Any

from dramatis.core.errors import InputError

REMEDY = "Fetch it or make it again"
LONGEST = 25_000_000
"""Bytes of a header, at most: those of the largest models have half a million, with the notes of trainers some more."""
BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "U16": 16, "I16": 16, "F16": 16, "BF16": 16,
    "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64, "C64": 64,
}  # fmt: skip
"""Size of one number by its type; of a type that is not here nothing is checked."""


def shapes_of(file: Path) -> dict[str, tuple[int, ...]]:
    """Shape of each tensor of a safetensors file by name, none of which is read.

    Raises:
        InputError: the file is none of that kind, or is cut short, or its tensors are not where its header says.
    """
    size = file.stat().st_size
    with file.open("rb") as stream:
        start = stream.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else LONGEST + 1
        if length > LONGEST and length + 8 <= size:
            raise InputError(str(file), f"its header has {length} bytes, and at most {LONGEST} are read", REMEDY)
        if length + 8 > size:
            raise InputError(str(file), _too_short(size, length), REMEDY)
        text = stream.read(length)
    try:
        header = json.loads(text)
        about = {name: _about(told) for name, told in header.items() if name != "__metadata__"}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(str(file), "no safetensors file: a bad header", REMEDY) from None
    end = 0
    for name, (_, first, last) in sorted(about.items(), key=lambda item: item[1][1:]):
        if first != end:
            raise InputError(str(file), f"the bytes of {name[:80]!r} do not follow those before", REMEDY)
        end = last
    if 8 + length + end != size:
        raise InputError(
            str(file), f"cut short or padded: {size} bytes, and its header tells of {8 + length + end}", REMEDY
        )
    return {name: shape for name, (shape, _, _) in about.items()}


def _too_short(size: int, length: int) -> str:
    if length > LONGEST:
        return f"{size} bytes that are no safetensors file"
    return f"no safetensors file: {size} bytes of which the header alone takes {length + 8}"


def _about(told: Any) -> tuple[tuple[int, ...], int, int]:
    """Shape, first byte and end of a tensor, as the header tells.

    Raises:
        ValueError: they do not fit each other.
    """
    shape, (first, last), kind = tuple(told["shape"]), told["data_offsets"], told["dtype"]
    whole = all(type(number) is int and number >= 0 for number in (*shape, first, last))
    if not whole or (kind in BITS and math.prod(shape) * BITS[kind] != 8 * (last - first)):
        raise ValueError("shape and bytes do not fit")
    return shape, first, last
