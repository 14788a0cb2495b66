"""Pages of pictures with their whole captions under them: cells in rows, sections with a heading."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw
from PIL.ImageFont import FreeTypeFont

from dramatis.core.fonts import font
from dramatis.core.images import Image
from dramatis.core.thumbs import GREY, INK
from dramatis.core.wrap import wrapped

COLUMNS, SIDE_PX, GAP_PX, MARGIN_PX = 6, 196, 14, 20
HIGH_PX = 176
"""Height of the place for a picture."""
TITLE_PX, HEADING_PX, BETWEEN_PX, LINE_PX = 62, 46, 14, 14
LETTERS_PX, LINES = 11, 7
"""Size of the letters of a caption, and most of its lines."""
WIDTH_PX = 2 * MARGIN_PX + COLUMNS * (SIDE_PX + GAP_PX) - GAP_PX
TRAIN, VALIDATION = "#b9b9b9", "#2b5fc4"
"""Colours of the line between picture and caption."""


class Cell(NamedTuple):
    """One row of a dataset.

    Attributes:
        images: the picture, and its control image if it has one.
        note: what it is, in grey.
        caption: whole.
        key: what stands under it, in grey; empty for nothing.
        held_out: true in any split but training.
    """

    images: tuple[Image, ...]
    note: str
    caption: str
    key: str
    held_out: bool


class Block(NamedTuple):
    """Cells under a heading."""

    heading: str
    words: str
    cells: list[Cell]


def draw(blocks: Sequence[Block], title: str, words: str) -> Image:
    """One page, RGB; as high as it needs to be."""
    laid = [(block, _rows(block)) for block in blocks]
    height = TITLE_PX + sum(HEADING_PX + sum(map(_height, rows)) + BETWEEN_PX for _, rows in laid) + MARGIN_PX
    sheet = Pillow.new("RGB", (WIDTH_PX, height), "white")
    pen = ImageDraw.Draw(sheet)
    _put(pen, MARGIN_PX, 12, title, INK, font(19, bold=True))
    _put(pen, MARGIN_PX, 38, words, GREY, font(11))
    top = TITLE_PX
    for block, rows in laid:
        pen.line((MARGIN_PX, top, WIDTH_PX - MARGIN_PX, top), "#d8d8d8")
        _put(pen, MARGIN_PX, top + 7, block.heading, INK, font(14, bold=True))
        _put(pen, MARGIN_PX, top + 26, block.words, GREY, font(11))
        top += HEADING_PX
        for row in rows:
            left = MARGIN_PX
            for cell in row:
                _cell(sheet, pen, cell, left, top, _picture_height(row))
                left += _width(cell) + GAP_PX
            top += _height(row)
        top += BETWEEN_PX
    return np.asarray(sheet)


def per_row(images: int) -> int:
    """How many cells of so many pictures each stand in a row."""
    return COLUMNS // images


def _rows(block: Block) -> list[list[Cell]]:
    step = per_row(max((len(cell.images) for cell in block.cells), default=1))
    return [block.cells[n : n + step] for n in range(0, len(block.cells), step)]


def _width(cell: Cell) -> int:
    return len(cell.images) * (SIDE_PX + GAP_PX) - GAP_PX


def _height(row: Sequence[Cell]) -> int:
    lines = max(len(_lines(cell)) + bool(cell.key) for cell in row)
    return _picture_height(row) + 9 + (1 + lines) * LINE_PX + GAP_PX


def _picture_height(row: Sequence[Cell]) -> int:
    """Height of the highest picture of a row [px]."""
    return max(_size(image)[1] for cell in row for image in cell.images)


def _size(image: Image) -> tuple[int, int]:
    """Width and height of a picture on the page, which keeps its shape."""
    height, width = image.shape[:2]
    scale = min(SIDE_PX / width, HIGH_PX / height)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def _lines(cell: Cell) -> list[str]:
    return wrapped(cell.caption, _width(cell), font(LETTERS_PX), LINES)


def _cell(sheet: Pillow.Image, pen: ImageDraw.ImageDraw, cell: Cell, left: int, top: int, high: int) -> None:
    colour = VALIDATION if cell.held_out else TRAIN
    for n, image in enumerate(cell.images):
        x = left + n * (SIDE_PX + GAP_PX)
        pen.rectangle((x, top, x + SIDE_PX - 1, top + high - 1), "#f2f2f2")
        width, height = _size(image)
        picture = Pillow.fromarray(image).resize((width, height), Pillow.Resampling.LANCZOS)
        sheet.paste(picture, (x + (SIDE_PX - width) // 2, top + (high - height) // 2))
    below = top + high
    pen.rectangle((left, below + 2, left + _width(cell) - 1, below + 4), colour)
    note = wrapped(cell.note, _width(cell), font(10), 1)
    pen.text((left, below + 8), note[0] if note else "", colour if cell.held_out else GREY, font(10))
    lines = _lines(cell)
    for n, line in enumerate(lines, 1):
        pen.text((left, below + 8 + n * LINE_PX), line, INK, font(LETTERS_PX))
    pen.text((left, below + 9 + (1 + len(lines)) * LINE_PX), cell.key, GREY, font(10))


def _put(pen: ImageDraw.ImageDraw, left: int, top: int, text: str, colour: str, letters: FreeTypeFont) -> None:
    """A line of text, cut where the page ends."""
    if text:
        pen.text((left, top), wrapped(text, WIDTH_PX - left - MARGIN_PX, letters, 1)[0], colour, letters)
