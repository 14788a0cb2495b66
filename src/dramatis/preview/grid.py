"""The grid of a run: one row per character and prompt, one column per checkpoint, the bare base first."""

from collections.abc import Sequence

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from dramatis.core.fonts import font
from dramatis.core.images import Image, resize

CELL_PX = 128
LINE_PX = 16
WIDTH_PX = 170
TEXT_PX = 12
INK = (30, 30, 30)


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of whole words, each at most `width` [px] wide unless a single word is wider."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], longer] if font(TEXT_PX).getlength(longer) <= width else [*lines, word]
    return lines


def grid(cells: Sequence[Sequence[Image]], columns: Sequence[str], rows: Sequence[str]) -> Image:
    """One picture of all cells, labelled.

    Args:
        cells: pictures by row and column.
        columns: labels above the columns.
        rows: labels left of the rows, wrapped.
    """
    height, width = cells[0][0].shape[:2]
    high = round(CELL_PX * height / width)
    page = Pillow.new("RGB", (WIDTH_PX + CELL_PX * len(columns), LINE_PX + 4 + high * len(rows)), "white")
    pen = ImageDraw.Draw(page)
    for column, label in enumerate(columns):
        pen.text((WIDTH_PX + CELL_PX * column + 4, 2), label, INK, font(TEXT_PX))
    for row, (label, pictures) in enumerate(zip(rows, cells, strict=True)):
        top = LINE_PX + 4 + high * row
        for number, line in enumerate(_wrapped(label, WIDTH_PX - 8)):
            pen.text((4, top + 2 + LINE_PX * number), line, INK, font(TEXT_PX))
        for column, picture in enumerate(pictures):
            page.paste(Pillow.fromarray(resize(picture, CELL_PX, high)), (WIDTH_PX + CELL_PX * column, top))
    return np.asarray(page)
