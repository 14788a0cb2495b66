"""Results of a long stage that outlive it: one line for each item, in a file that a killed stage leaves behind.

A stage that looks at a film for hours is killed, and run again: what it had done is read back, bit for bit, and it goes
on with the next item. The file belongs to what decides the results; if that has changed, it begins anew.
"""

import base64
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from os import SEEK_END
from pathlib import Path
from typing import IO, Any

import numpy as np
from pydantic import BaseModel

from dramatis.core.digests import file_digest, tree_digest, value_digest

FOLDER = Path("work/resume")
PROGRAMS = Path("data/programs")
ARRAY = "__array__"
"""Key of an array, or of a number of numpy's, in a line: its type, shape, and bytes in base64."""


class Kept:
    """What the items of a stage came to so far.

    Attributes:
        lines: of the items that are done, in order, as they stand in the file.
    """

    def __init__(self, stream: IO[bytes], lines: list[bytes]):
        self._stream, self.lines = stream, lines

    def before(self) -> Iterator[Any]:
        """Results of an earlier call, in order; tuples come back as lists."""
        for line in self.lines:
            yield json.loads(line[9:], object_hook=_array)

    def add(self, result: Any) -> None:
        """Writes down the result of the next item: plain values, and arrays in them."""
        text = json.dumps(result, default=_plain, separators=(",", ":")).encode()
        self._stream.write(b"%08x %s\n" % (zlib.crc32(text), text))
        self._stream.flush()


@contextmanager
def resumable(stage: str, out: Path, *about: Any) -> Iterator[Kept]:
    """What an earlier call of a stage left, and where this one writes; all of it goes when the block ends well.

    Args:
        stage: its name without item, such as `tag`.
        out: what it writes, by which its calls are told apart.
        about: what decides the results beside the stage's code: parameters, files and folders (by their bytes).
    """
    file = FOLDER / f"{stage}-{out.name}-{value_digest(str(out.absolute()))[:8]}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    head = value_digest([_said(part) for part in (*about, PROGRAMS / f"{stage}.json")]).encode() + b"\n"
    lines = _whole_lines(file, head)
    if lines is None:
        file.write_bytes(head)
    with file.open("r+b") as stream:
        stream.truncate(len(head) + sum(map(len, lines or [])))
        stream.seek(0, SEEK_END)
        yield Kept(stream, lines or [])
    file.unlink()


def _whole_lines(file: Path, head: bytes) -> list[bytes] | None:
    """Lines behind the head up to the first that is damaged; None if there is no file, or one of something else."""
    if not file.is_file():
        return None
    with file.open("rb") as stream:
        if stream.readline() != head:
            return None
        found = []
        for line in stream:
            text = line[9:-1]
            if line[:9] != b"%08x " % zlib.crc32(text) or not line.endswith(b"\n"):
                break
            found.append(line)
    return found


def _said(part: Any) -> Any:
    if isinstance(part, Path):
        return tree_digest(part) if part.is_dir() else file_digest(part) if part.is_file() else None
    return part.model_dump(mode="json") if isinstance(part, BaseModel) else part


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return {ARRAY: [value.dtype.str, value.shape, base64.b64encode(value.tobytes()).decode()]}
    raise TypeError(f"{type(value).__name__} cannot be kept")


def _array(value: dict[str, Any]) -> Any:
    if ARRAY not in value:
        return value
    kind, shape, data = value[ARRAY]
    array = np.frombuffer(base64.b64decode(data), kind).reshape(shape).copy()
    return array if shape else array[()]
