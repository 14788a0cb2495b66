"""Weights as safetensors with one spelling: the same tensors give the same bytes. Nothing is ever unpickled."""

import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file

from dramatis.core.errors import InputError, MissingError
from dramatis.diffusion.headers import shapes_of

TYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}
ALIGNED = 64
"""Bytes: tensors begin at multiples of it as far as can be, as those that torch makes do. Readers use them where they
lie in the file, and matrix products of others round otherwise."""
PICKLES = (".ckpt", ".pt", ".pth", ".bin", ".pkl")
ONLY = "Only safetensors is read, as the other formats can run code: convert it where you trust it"


def write_weights(tensors: Mapping[str, torch.Tensor], file: Path, metadata: Mapping[str, str] | None = None) -> None:
    """Writes tensors in the safetensors format, header sorted, mode 644; on an error the old file stays.

    The library's own writer puts metadata in random order and makes the file private, which DVC would see as a change
    (safetensors issue 584).

    Raises:
        KeyError: a tensor has a type that the format's table here does not name.
        OSError: the disk is full; nothing is left of what was begun.
    """
    names = sorted(
        tensors, key=lambda name: (-tensors[name].element_size(), _bytes(tensors[name]) % ALIGNED != 0, name)
    )
    header: dict[str, object] = {"__metadata__": dict(sorted({"format": "pt", **(metadata or {})}.items()))}
    end = 0
    for name in names:
        tensor = tensors[name]
        start, end = end, end + _bytes(tensor)
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % ALIGNED)
    file.parent.mkdir(parents=True, exist_ok=True)
    scratch = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with scratch.open("wb") as stream:
            stream.write(struct.pack("<Q", len(text)) + text)
            for name in names:
                tensor = tensors[name].detach().cpu().contiguous()
                stream.write(tensor.reshape(-1).view(torch.uint8).numpy().data)
        scratch.chmod(0o644)
        os.replace(scratch, file)
    finally:
        scratch.unlink(missing_ok=True)


def _bytes(tensor: torch.Tensor) -> int:
    return tensor.numel() * tensor.element_size()


def check_weights(file: Path) -> None:
    """Refuses a file that is not there, and one that would have to be unpickled.

    Raises:
        MissingError: there is no such file.
        InputError: it is a pickle, by its name or its first bytes.
    """
    if not file.is_file():
        raise MissingError(str(file), "there is no such file", "Name a .safetensors file")
    with file.open("rb") as stream:
        start = stream.read(9)
    pickled = start[8:] != b"{" and start[:2] in (b"PK", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
    if file.suffix.lower() in PICKLES or pickled:  # safetensors begins with a length of 8 bytes, then JSON
        raise InputError(str(file), "this is a pickle", ONLY)


def read_weights(file: Path) -> dict[str, torch.Tensor]:
    """The tensors of a safetensors file, on the CPU.

    Raises:
        MissingError: there is no such file.
        InputError: it is a pickle, or cut short, or no safetensors file.
    """
    check_weights(file)
    shapes_of(file)
    try:
        return load_file(file)
    except (SafetensorError, ValueError) as error:
        raise _unreadable(file, error) from error


def read_metadata(file: Path) -> dict[str, str]:
    """The metadata of a safetensors file; errors as for `read_weights`."""
    check_weights(file)
    shapes_of(file)
    try:
        with safe_open(file, "pt") as stream:
            return dict(stream.metadata() or {})
    except (SafetensorError, ValueError) as error:
        raise _unreadable(file, error) from error


def read_keys(file: Path) -> set[str]:
    """The names of the tensors of a safetensors file; errors as for `read_weights`."""
    check_weights(file)
    shapes_of(file)
    try:
        with safe_open(file, "pt") as stream:
            return set(stream.keys())
    except (SafetensorError, ValueError) as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: Exception) -> InputError:
    said = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
    return InputError(str(file), f"no safetensors file, or only a part of one ({said})", "Fetch or make it again")
