"""Sheets as files: PNG that say what they are, so that those of the last time can be told from other files."""

from collections.abc import Collection
from pathlib import Path

from PIL import Image as Pillow
from PIL import PngImagePlugin, UnidentifiedImageError

FOLDER = Path("sheets")
MARK = "dramatis-sheet"
"""Text field of a sheet of the cast."""
DATASET_MARK = "dramatis-dataset-sheet"
"""Text field of a sheet of the dataset."""


def save(image: Pillow.Image, file: Path, mark: str = MARK) -> None:
    """Writes a sheet as PNG."""
    text = PngImagePlugin.PngInfo()
    text.add_text(mark, file.stem)
    image.save(file, "PNG", pnginfo=text)


def remove_old(folder: Path, written: Collection[Path], mark: str = MARK) -> None:
    """Removes sheets of one kind that were not written this time."""
    for file in sorted(set(folder.glob("*.png")) - set(written)):
        if is_sheet(file, mark):
            file.unlink()


def is_sheet(file: Path, mark: str = MARK) -> bool:
    """True for a PNG that `save` wrote."""
    try:
        with Pillow.open(file) as image:
            return mark in image.info
    except UnidentifiedImageError:
        return False
