"""The sheet of a story: its panels in reading order, each with its caption and what is amiss."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from dramatis.core.fonts import font
from dramatis.core.images import Image, resize
from dramatis.core.wrap import wrapped

HIGH_PX = 192
"""Height of the pictures."""
WIDE_PX = 900
"""Of the sheet, unless one panel alone is wider."""
GAP_PX, LINE_PX, TEXT_PX, LINES = 8, 15, 12, 4
INK, SOFT, AMISS = (30, 30, 30), (110, 110, 110), (176, 48, 32)


class Cell(NamedTuple):
    """A panel on the sheet."""

    image: Image
    caption: str
    note: str
    """Seed and tries."""
    flag: str | None


def sheet(cells: Sequence[Cell]) -> Image:
    """All panels, as many beside each other as fit."""
    widths = [round(cell.image.shape[1] * HIGH_PX / cell.image.shape[0]) for cell in cells]
    rows: list[list[int]] = [[]]
    for number, width in enumerate(widths):
        if rows[-1] and sum(widths[other] + GAP_PX for other in rows[-1]) + width > WIDE_PX:
            rows.append([])
        rows[-1].append(number)
    wide = max(sum(widths[number] + GAP_PX for number in row) for row in rows) + GAP_PX
    high = HIGH_PX + LINES * LINE_PX + 2 * LINE_PX + GAP_PX
    page = Pillow.new("RGB", (wide, high * len(rows) + GAP_PX), "white")
    pen = ImageDraw.Draw(page)
    for place, row in enumerate(rows):
        left, top = GAP_PX, GAP_PX + high * place
        for number in row:
            _put(page, pen, cells[number], (left, top, widths[number]))
            left += widths[number] + GAP_PX
    return np.asarray(page)


def _put(page: Pillow.Image, pen: ImageDraw.ImageDraw, cell: Cell, where: tuple[int, int, int]) -> None:
    left, top, width = where
    page.paste(Pillow.fromarray(resize(cell.image, width, HIGH_PX)), (left, top))
    text = [(line, INK) for line in wrapped(cell.caption, width, font(TEXT_PX), LINES - (2 if cell.flag else 0))]
    text += [(line, AMISS) for line in wrapped(cell.flag, width, font(TEXT_PX), 2)] if cell.flag else []
    text += [(cell.note, SOFT)]
    for number, (line, colour) in enumerate(text):
        pen.text((left, top + HIGH_PX + 4 + LINE_PX * number), line, colour, font(TEXT_PX))
