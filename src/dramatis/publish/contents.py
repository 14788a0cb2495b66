"""What would be sent: the files of the dataset, its card, and what it says about a licence."""

from dataclasses import dataclass
from pathlib import Path

from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.yaml_lines import value_in

CARD = "README.md"
UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Contents:
    """The dataset as it would be sent.

    Attributes:
        folder: where it lies.
        files: path in the folder and size [bytes] of each file, sorted; hidden ones are not sent.
        card: the text of README.md.
        license: what the card says, an SPDX id; None if it says nothing.
    """

    folder: Path
    files: list[tuple[str, int]]
    card: str
    license: str | None

    @property
    def size(self) -> int:
        """Of all files together [bytes]."""
        return sum(size for _, size in self.files)


def read_contents(folder: Path) -> Contents:
    """Looks at every file of a dataset.

    Raises:
        MissingError: there is no dataset, or it has no card.
        InputError: the card's header is no YAML.
    """
    if not (folder / CARD).is_file():
        raise MissingError(str(folder / CARD), "there is no such file", "Run `dvc repro`: stage dataset makes it")
    files = []
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if file.is_file() and not any(part.startswith(".") for part in name.parts):
            files.append((name.as_posix(), file.stat().st_size))
    card = (folder / CARD).read_text()
    return Contents(folder, files, card, license_of(card, str(folder / CARD)))


def license_of(card: str, place: str) -> str | None:
    """The licence in the header of a card."""
    parts = card.split("---\n", 2)
    if parts[0] or len(parts) < 3:
        return None
    try:
        header = value_in(parts[1], place)
    except ParameterError:
        raise InputError(place, "its header is not valid YAML", "Run `dvc repro` to write it anew") from None
    said = header.get("license") if isinstance(header, dict) else None
    return str(said) if said else None


def shown(contents: Contents) -> list[str]:
    """Every file with its size, and the card, in lines for a person."""
    width = max(len(name) for name, _ in contents.files)
    lines = [f"{name:{width}}  {in_units(size):>9}" for name, size in contents.files]
    lines.append(f"{len(contents.files)} files, {in_units(contents.size)}")
    return [*lines, "", f"{CARD}:", *(f"  {line}" for line in contents.card.splitlines())]


def in_units(size: float) -> str:
    """A number of bytes as people read it: 1.2 MB."""
    for unit in UNITS[:-1]:
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {UNITS[-1]}"
