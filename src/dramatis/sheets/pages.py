"""Pages of sections: a heading, a few words, and small pictures row by row."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from dramatis.core.fonts import font
from dramatis.core.images import Image
from dramatis.core.thumbs import GREY, INK, LINE_PX, Thumb, paste

COLUMNS, THUMB_PX, GAP_PX, MARGIN_PX = 8, 136, 10, 18
TITLE_PX, HEADING_PX, BETWEEN_PX = 58, 42, 10
WIDTH_PX = 2 * MARGIN_PX + COLUMNS * (THUMB_PX + GAP_PX) - GAP_PX
HEIGHT_PX = 2000
"""Pages are no higher, unless a single row is."""


class Section(NamedTuple):
    """Pictures under a heading.

    Attributes:
        heading: in bold.
        words: in grey, under it.
        thumbs: the pictures.
        colour: of the line beside them; None for none.
    """

    heading: str
    words: str
    thumbs: list[Thumb]
    colour: str | None = None


class Part(NamedTuple):
    """Rows of a section that stand on one page."""

    heading: str
    words: str
    rows: list[list[Thumb]]
    colour: str | None

    @property
    def height_px(self) -> int:
        return HEADING_PX + sum(map(row_height_px, self.rows)) + BETWEEN_PX


def row_height_px(row: Sequence[Thumb]) -> int:
    """Height of a row of pictures with the lines under them."""
    return THUMB_PX + max(1 + len(thumb.more) for thumb in row) * LINE_PX + GAP_PX


def pages(sections: Sequence[Section], height_px: int = HEIGHT_PX) -> list[list[Part]]:
    """Sections laid out on pages; one that does not fit goes on, on the next page."""
    found: list[list[Part]] = [[]]
    room = height_px - TITLE_PX - MARGIN_PX
    left = room
    for section in sections:
        heading, part = section.heading, None
        thumbs = section.thumbs
        for row in [thumbs[n : n + COLUMNS] for n in range(0, len(thumbs), COLUMNS)]:
            needed = row_height_px(row) + (0 if part else HEADING_PX + BETWEEN_PX)
            if needed > left and found[-1]:
                found.append([])
                left, part = room, None
                needed = row_height_px(row) + HEADING_PX + BETWEEN_PX
            if part is None:
                part = Part(heading, section.words, [], section.colour)
                found[-1].append(part)
                heading = f"{section.heading} (continued)"
            part.rows.append(row)
            left -= needed
    return found


def draw(parts: Sequence[Part], title: str, words: str) -> Image:
    """One page, RGB."""
    height = TITLE_PX + sum(part.height_px for part in parts) + MARGIN_PX
    sheet = Pillow.new("RGB", (WIDTH_PX, height if parts else TITLE_PX + HEADING_PX), "white")
    pen = ImageDraw.Draw(sheet)
    pen.text((MARGIN_PX, 12), title, INK, font(19, bold=True))
    pen.text((MARGIN_PX, 37), words, GREY, font(11))
    top = TITLE_PX
    for part in parts:
        pen.line((MARGIN_PX, top, WIDTH_PX - MARGIN_PX, top), "#d8d8d8")
        if part.colour:
            pen.rectangle((0, top, 6, top + part.height_px - BETWEEN_PX), part.colour)
        pen.text((MARGIN_PX, top + 6), part.heading, INK, font(14, bold=True))
        pen.text((MARGIN_PX, top + 24), part.words, GREY, font(11))
        top += HEADING_PX
        for row in part.rows:
            for n, thumb in enumerate(row):
                paste(sheet, thumb, MARGIN_PX + n * (THUMB_PX + GAP_PX), top, THUMB_PX)
            top += row_height_px(row)
        top += BETWEEN_PX
    if not parts:
        pen.text((MARGIN_PX, TITLE_PX), "nobody", GREY, font(12))
    return np.asarray(sheet)
