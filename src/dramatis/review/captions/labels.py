"""Labels under the keys 1 to 9: tags that a person gives often. They are no decision, so they lie outside git."""

from collections.abc import Sequence
from pathlib import Path

from dramatis.review.captions.tags import tidy

FILE = Path("work/labels.txt")
KEYS = 9


def read_labels(file: Path = FILE) -> list[str]:
    """The label of each key, empty where it has none; one a line of the file."""
    lines = file.read_text("utf-8", errors="replace").splitlines() if file.is_file() else []
    return [tidy(line) for line in (lines + [""] * KEYS)[:KEYS]]


def with_label(labels: Sequence[str], key: int, label: str) -> list[str]:
    """The labels with another one under a key, counted from 0."""
    return [tidy(label) if n == key else each for n, each in enumerate(labels)]


def write_labels(labels: Sequence[str], file: Path = FILE) -> None:
    """Keeps them for the next time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{label}\n" for label in labels), "utf-8")
