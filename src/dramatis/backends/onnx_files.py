"""What an ONNX file refers to: tensors may lie in other files, and those must lie in its own folder.

onnxruntime refuses what leads out of the folder; OpenCV reads it. So it is looked for here, before either opens the
file. Only the structure of the file is walked (protobuf: numbered fields, each with its length); no tensor is read.
"""

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dramatis.core.errors import InputError

PARTS = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "function": {7: "node", 11: "attribute"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {13: "entry"},
    "entry": {1: "key", 2: "value"},
}
"""Messages of onnx.proto by the number of the field that holds them, as far as they lead to external data."""
DEEPEST = 100
"""Messages in each other: a model with loops in loops has some twenty."""
LONGEST_PATH = 4096


class _Field(NamedTuple):
    number: int
    start: int
    end: int
    """Where its bytes lie; both are 0 for a number."""


def check_onnx(file: Path, setting: str, kind: str = "a model that onnxruntime can run") -> None:
    """Refuses an ONNX file that is cut short, or has tensors anywhere but in its own folder.

    Args:
        file: the model; it is there.
        setting: the parameter that names it, for the message.
        kind: what it should be, likewise.

    Raises:
        InputError: it is no ONNX file, is cut short, or names a file outside its folder (also by a link).
    """
    remedy = f"Fetch it again, or point `{setting}` in params.yaml at another"
    if not file.stat().st_size:
        raise InputError(str(file), f"not {kind} (0 bytes)", remedy)
    folder = file.parent.resolve()
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            for location in _locations(data, "model", 0, len(data), 0):
                path = Path(location)
                real = (folder / path).resolve()
                if path.is_absolute() or not real.is_relative_to(folder) or not real.is_file():
                    problem = f"its tensors lie in {location[:200]!r}, which is no file in the folder of the model"
                    raise InputError(str(file), problem, "Put all files of a model into one folder")
        except ValueError as error:
            raise InputError(str(file), f"not {kind} ({error})", remedy) from None


def _locations(data: mmap.mmap, kind: str, start: int, end: int, depth: int) -> Iterator[str]:
    """Where external data is said to lie, of all tensors in a message."""
    if depth > DEEPEST:
        raise ValueError(f"more than {DEEPEST} messages are in each other")
    if kind == "entry":
        said = {PARTS[kind][field.number]: field for field in _fields(data, start, end) if field.number in PARTS[kind]}
        if set(said) == {"key", "value"} and data[said["key"].start : said["key"].end] == b"location":
            first, last = said["value"].start, said["value"].end
            yield data[first : min(last, first + LONGEST_PATH)].decode("utf-8", "replace")
        return
    for field in _fields(data, start, end):
        inner = PARTS[kind].get(field.number)
        if inner and field.end:
            yield from _locations(data, inner, field.start, field.end, depth + 1)


def _fields(data: mmap.mmap, at: int, end: int) -> Iterator[_Field]:
    """The fields of a message, in order."""
    while at < end:
        tag, at = _varint(data, at, end)
        number, wire = tag >> 3, tag & 7
        if not number:
            raise ValueError(f"byte {at}: a field without a number")
        if wire == 0:
            _, at = _varint(data, at, end)
            yield _Field(number, 0, 0)
            continue
        if wire == 2:
            length, at = _varint(data, at, end)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise ValueError(f"byte {at}: a field of an unknown kind")
        if at + length > end:
            raise ValueError(f"byte {at}: {length} bytes are told of, and {end - at} are there")
        yield _Field(number, at, at + length)
        at += length


def _varint(data: mmap.mmap, at: int, end: int) -> tuple[int, int]:
    value = 0
    for place in range(10):
        if at + place >= end:
            raise ValueError(f"byte {at}: the file ends in a number")
        byte = data[at + place]
        value |= (byte & 127) << (7 * place)
        if byte < 128:
            return value, at + place + 1
    raise ValueError(f"byte {at}: a number of more than ten bytes")
