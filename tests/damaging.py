"""Files of a model's folder that did not come whole."""

from collections.abc import Iterator
from pathlib import Path

WAYS = {
    "empty": lambda whole: b"",
    "cut early": lambda whole: whole[: len(whole) // 3],
    "cut late": lambda whole: whole[: len(whole) * 4 // 5],
    "never written": lambda whole: bytes(len(whole)),
}


def each_damage(folder: Path, pattern: str) -> Iterator[str]:
    """Damages each file that fits the pattern in each way while its name is given, and puts it back."""
    files = sorted(folder.glob(pattern))
    assert files, f"{folder} has no {pattern}"
    for file in files:
        whole = file.read_bytes()
        for way, damaged in WAYS.items():
            file.write_bytes(damaged(whole))
            yield f"{file.relative_to(folder)} {way}"
        file.write_bytes(whole)
