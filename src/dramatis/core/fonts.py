"""Letters on pictures, in the scripts of DejaVu Sans: Latin with all accents, Greek, Cyrillic, Arabic and more."""

from functools import cache
from pathlib import Path

import matplotlib
from PIL.ImageFont import FreeTypeFont, truetype


@cache
def font(size_px: int, bold: bool = False) -> FreeTypeFont:
    """DejaVu Sans, which matplotlib brings."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name), size_px)
