"""Is a file of weights whole, as far as its beginning tells? Nothing is loaded, however large it is."""

import json
from pathlib import Path

from dramatis.core.errors import InputError
from dramatis.diffusion.headers import shapes_of

REMEDY = "Fetch it again: `dramatis models pull`"
POINTER = b"version https://git-lfs.github.com/spec/"
LARGEST_TEXT = 64 * 2**20
"""JSON that is read whole, at most [bytes]: a tokenizer has a few million."""
MODEL_GRAPH = 7
"""Number of the field of an ONNX model that holds its graph."""


def check_weights(file: Path) -> None:
    """Says what is wrong with a file of weights or of text beside them.

    Raises:
        InputError: it is empty, cut short, a page or a pointer instead of the file, or not what its name says.
    """
    with file.open("rb") as stream:
        start = stream.read(256)
    if not start:
        raise InputError(str(file), "this file is empty", REMEDY)
    if start.startswith(POINTER):
        problem = "this is a pointer of git LFS, not the file itself"
        raise InputError(str(file), problem, "Fetch the file: `git lfs pull` there, or `dramatis models pull`")
    if file.suffix != ".txt" and start.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")):
        raise InputError(str(file), "this is a web page, not the file that it is called after", REMEDY)
    if file.suffix == ".safetensors":
        shapes_of(file)
    elif file.suffix == ".onnx":
        _check_onnx(file)
    elif file.suffix == ".json":
        _check_json(file)


def _check_onnx(file: Path) -> None:
    """Walks over the outermost fields of the protocol buffer: they must fill the file, and one is the graph."""
    size, fields = file.stat().st_size, set()
    with file.open("rb") as stream:
        while (place := stream.tell()) < size:
            key = _varint(stream.read(10))
            if key is None:
                break
            number, kind = key[0] >> 3, key[0] & 7
            start = place + key[1]
            stream.seek(start)
            length = {1: 8, 5: 4}.get(kind)
            if kind in (0, 2):
                value = _varint(stream.read(10))
                if value is None:
                    break
                length = value[1] + (value[0] if kind == 2 else 0)
            if length is None or number == 0 or start + length > size:
                break
            fields.add(number)
            stream.seek(start + length)
        else:
            if MODEL_GRAPH in fields:
                return
    raise InputError(str(file), f"no ONNX model, or one that is cut short ({size} bytes)", REMEDY)


def _varint(data: bytes) -> tuple[int, int] | None:
    """A number of variable length and the bytes it takes; None where it does not end."""
    value = 0
    for place, byte in enumerate(data):
        value |= (byte & 127) << (7 * place)
        if byte < 128:
            return value, place + 1
    return None


def _check_json(file: Path) -> None:
    if file.stat().st_size > LARGEST_TEXT:
        raise InputError(str(file), f"more than {LARGEST_TEXT} bytes of JSON beside weights", REMEDY)
    try:
        json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InputError(str(file), f"no JSON can be read from it ({str(error)[:100]})", REMEDY) from None
