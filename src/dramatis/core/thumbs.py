"""Small pictures with lines under them, as contact sheets show them."""

from typing import NamedTuple

from PIL import Image as Pillow
from PIL import ImageDraw
from PIL.ImageFont import FreeTypeFont

from dramatis.core.fonts import font
from dramatis.core.images import Image

INK, GREY = "black", "#555555"
LINE_PX = 13
"""Height of a line under a picture."""
SIZES_PX = (10, 9, 8, 7)
"""Sizes of letters that are tried before a line is cut."""


class Thumb(NamedTuple):
    """A picture with a line under it, and perhaps more lines."""

    image: Image
    caption: str
    more: tuple[str, ...] = ()


def short_time(time_code: str) -> str:
    """A time code `HH:MM:SS.mmm` to a tenth of a second, without hours that are zero."""
    return time_code[:-2].removeprefix("00:")


def fitted(text: str, width_px: float) -> tuple[str, FreeTypeFont]:
    """A line and its letters so that it is no wider than this; one that is too long even in the smallest ends in …."""
    for size in SIZES_PX:
        if font(size).getlength(text) <= width_px:
            return text, font(size)
    while text and font(size).getlength(text + "…") > width_px:
        text = text[:-1]
    return text + "…", font(size)


def paste(sheet: Pillow.Image, thumb: Thumb, left: int, top: int, side_px: int) -> None:
    """Puts a picture as a square of this side on a sheet, its lines centred under it."""
    pen = ImageDraw.Draw(sheet)
    square = Pillow.fromarray(thumb.image).resize((side_px, side_px), Pillow.Resampling.LANCZOS)
    sheet.paste(square, (left, top))
    for n, line in enumerate((thumb.caption, *thumb.more)):
        text, letters = fitted(line, side_px + 4)
        pen.text((left + side_px / 2, top + side_px + 1 + n * LINE_PX), text, GREY, letters, anchor="ma")
