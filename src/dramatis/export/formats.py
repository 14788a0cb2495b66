"""What a format is given and what it gives."""

from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol

from dramatis.core.errors import ParameterError
from dramatis.export.source import Source

FORMATS = ("ai-toolkit", "everydream2", "huggingface", "imagefolder", "kohya", "webdataset")
"""Names of the formats; each is a module here, with `_` for `-`."""


class Settings(NamedTuple):
    """What the files of a trainer say beside pictures and captions."""

    root: Path
    """Where the export will stand when it is used; paths in the files begin with it."""
    resolution_px: int
    """Training resolution: the square root of a bucket's largest area."""
    bucket_step_px: int
    bucket_sides_px: tuple[int, int]
    """Least and largest side of a bucket."""
    batch_size: int
    base: str | None = None
    """Base model, for formats whose files name one."""


class Format(Protocol):
    """Writes a dataset as one trainer wants it."""

    ONE_LINE: bool
    """True if a caption must stand in one line; line breaks become spaces then."""

    def write(self, source: Source, folder: Path, settings: Settings) -> list[str]:
        """Writes all files into an empty folder and gives lines that say how to use them.

        The same source and settings give the same bytes.
        """
        ...


def format_of(name: str) -> Format:
    """The module of a format.

    Raises:
        ParameterError: there is no such format.
    """
    if name not in FORMATS:
        raise ParameterError(name, f"no such format, there are {', '.join(FORMATS)}", "Choose one of these")
    return import_module(f"dramatis.export.{name.replace('-', '_')}")
