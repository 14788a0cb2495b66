"""The grid of a run: a row per prompt, a column per checkpoint, the bare base first, on as many pages as it takes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from dramatis.core.fonts import font
from dramatis.core.images import Image, resize
from dramatis.core.wrap import wrapped

CELL_PX = 128
LINE_PX = 16
WIDTH_PX = 190
TEXT_PX = 12
TITLE_PX = 26
GAP_PX = 2
HIGHEST = 1.6
"""Height of a cell at most, in widths; a taller picture is narrower."""
INK, SOFT, BAND = (30, 30, 30), (110, 110, 110), (232, 230, 222)


class Row(NamedTuple):
    """A prompt and its pictures, one for each column."""

    section: str
    """Heading that the rows of one kind share."""
    label: str
    cells: Sequence[Image]


def shown_steps(steps: Sequence[int], most: int) -> list[int]:
    """At most so many of the steps, evenly apart; the first (the base) and the last are always among them."""
    if len(steps) <= most:
        return list(steps)
    return [steps[round(number * (len(steps) - 1) / (most - 1))] for number in range(most)]


def pages(count: int, most: int) -> list[range]:
    """Which of so many rows stand on which page: all pages but the last have `most`."""
    return [range(start, min(start + most, count)) for start in range(0, count, most)]


def grid(rows: Sequence[Row], columns: Sequence[str]) -> Image:
    """One page: the rows under their headings, labelled.

    Args:
        rows: those of one section one after the other.
        columns: labels above the columns.
    """
    heights = [_cell(row.cells[0])[1] + GAP_PX for row in rows]
    titles = [number == 0 or rows[number - 1].section != row.section for number, row in enumerate(rows)]
    high = LINE_PX + 6 + sum(heights) + TITLE_PX * sum(titles)
    page = Pillow.new("RGB", (WIDTH_PX + (CELL_PX + GAP_PX) * len(columns), high), "white")
    pen = ImageDraw.Draw(page)
    for column, label in enumerate(columns):
        pen.text((WIDTH_PX + (CELL_PX + GAP_PX) * column + 4, 3), label, INK, font(TEXT_PX))
    top = LINE_PX + 6
    for row, height, title in zip(rows, heights, titles, strict=True):
        if title:
            pen.rectangle((0, top, page.width, top + TITLE_PX - GAP_PX), BAND)
            pen.text((6, top + 4), row.section, INK, font(TEXT_PX + 1, bold=True))
            top += TITLE_PX
        for number, line in enumerate(wrapped(row.label, WIDTH_PX - 12, font(TEXT_PX), (height - 4) // LINE_PX)):
            pen.text((6, top + 2 + LINE_PX * number), line, INK, font(TEXT_PX))
        for column, picture in enumerate(row.cells):
            wide, tall = _cell(picture)
            left = WIDTH_PX + (CELL_PX + GAP_PX) * column + (CELL_PX - wide) // 2
            page.paste(Pillow.fromarray(resize(picture, wide, tall)), (left, top))
        top += height
    return np.asarray(page)


def _cell(picture: Image) -> tuple[int, int]:
    """Width and height of a picture in the grid [px]."""
    ratio = picture.shape[0] / picture.shape[1]
    wide = CELL_PX if ratio <= HIGHEST else round(CELL_PX * HIGHEST / ratio)
    return wide, max(round(wide * ratio), 2 * LINE_PX + 4)
