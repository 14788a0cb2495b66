"""What would be sent: files with their sizes, the card among them, and what stands against it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

CARD = "README.md"
UNITS = ("B", "kB", "MB", "GB", "TB")
Kind = Literal["model", "dataset", "story"]


class Entry(NamedTuple):
    """One file as it would be sent."""

    name: str
    """Path at the place."""
    source: Path | bytes
    """Where it lies, or what it holds if it is made for the place."""

    @property
    def size(self) -> int:
        """Bytes."""
        return self.source.stat().st_size if isinstance(self.source, Path) else len(self.source)

    def read(self) -> bytes:
        """What it holds."""
        return self.source.read_bytes() if isinstance(self.source, Path) else self.source


@dataclass(frozen=True)
class Contents:
    """Something that can be published, as it would be sent.

    Attributes:
        kind: model, dataset or story.
        title: what an error is about, such as `run solo`.
        files: all that would be sent, sorted by name.
        outs: the outputs of DVC that it is made from, below the top folder; a DVC remote gets these as they are.
        license: what the card says, an SPDX id; None if nobody said one.
        license_key: where it is said, such as `release.license`.
        findings: what stands against it, each with its figure.
        replaced: patterns of files on the hub that go if they are no longer here.
        usage: how others come to it on the hub, with `{repo}` for its name there.
    """

    kind: Kind
    title: str
    files: tuple[Entry, ...]
    outs: tuple[Path, ...]
    license: str | None
    license_key: str
    findings: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    usage: str = ""

    @property
    def size(self) -> int:
        """Of all files together [bytes]."""
        return sum(entry.size for entry in self.files)

    @property
    def card(self) -> str:
        """The text of README.md; empty if none is sent."""
        names = (CARD, (self.outs[0] / CARD).as_posix())
        return next((entry.read().decode() for entry in self.files if entry.name in names), "")


def contents_sorted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries by name; of two with the same name the later one counts."""
    return tuple(entry for _, entry in sorted({entry.name: entry for entry in entries}.items()))


def visible(folder: Path) -> list[Entry]:
    """The files of a folder, sorted; hidden ones are not sent."""
    return [entry for entry in _below(folder) if not any(part.startswith(".") for part in Path(entry.name).parts)]


def as_outs(contents: Contents, project: Path) -> Contents:
    """The same as a DVC remote gets it: whole outputs, byte for byte, under their paths in the project."""
    entries = []
    for out in contents.outs:
        place = project / out
        found = _below(place) if place.is_dir() else [Entry("", place)]
        entries += [Entry((out / entry.name).as_posix(), entry.source) for entry in found]
    return replace(contents, files=contents_sorted(entries))


def _below(folder: Path) -> list[Entry]:
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    return [Entry(file.relative_to(folder).as_posix(), file) for file in files]


def shown(contents: Contents) -> list[str]:
    """Every file with its size, and the card, in lines for a person."""
    width = max(len(entry.name) for entry in contents.files)
    lines = [f"{entry.name:{width}}  {entry.size:>13,} B" for entry in contents.files]
    lines.append(total(contents.files))
    card = contents.card
    return [*lines, "", f"{CARD}:", *(f"  {line}" for line in card.splitlines())] if card else lines


def total(entries: Sequence[Entry]) -> str:
    """How many files of which size."""
    return f"{len(entries)} files, {in_units(sum(entry.size for entry in entries))}"


def in_units(size: float) -> str:
    """A number of bytes as people read it: 1.2 MB."""
    for unit in UNITS[:-1]:
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {UNITS[-1]}"
