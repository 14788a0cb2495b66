"""The comic strip: rows of panels that fill the width, captions below them, a title above; one picture."""

from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from dramatis.core.errors import InputError
from dramatis.core.images import MOST_SIDE_PX, Image
from dramatis.render.comic import Comic, Panel, fitted
from dramatis.render.layout import Place, proportion, rows
from dramatis.render.lettering import Block, Lettered, Written, shrunk, write
from dramatis.render.params import StripParams

PAPER, INK, MAT = (253, 252, 248), (28, 27, 25), (226, 223, 214)
TITLE = 1.9
"""Size of the title over that of captions."""
LEAST = 0.7
"""Letters of captions become so small at most; longer ones grow downwards."""
TALLEST = 0.4
"""Height of a caption, over that of its picture, up to which letters are not made smaller."""


class Put(NamedTuple):
    """A panel where it stands, in pixels of the strip."""

    panel: Panel
    box: tuple[int, int, int, int]
    caption: Block


class Strip(NamedTuple):
    """A strip before it is drawn: everything is measured."""

    title: Block
    panels: list[Put]
    width_px: int
    height_px: int


def planned(comic: Comic, texts: Lettered, params: StripParams) -> Strip:
    """Where everything stands.

    Raises:
        InputError: the strip would be higher than a picture may be.
    """
    gutter, inner = params.gutter_px, params.width_px - 2 * params.gutter_px
    sides = [proportion(one.image.shape[1], one.image.shape[0]) for one in comic.panels]
    placed = rows(sides, inner, gutter, params.columns)
    head = shrunk(texts.title, inner, round(params.text_px * TITLE), params.text_px * 5, params.text_px)
    y, put = 2 * gutter + head.height_px, []
    for row in placed:
        bottom = y + round(row[0].height)
        blocks = [_caption(texts.captions[one.panel], one, params) for one in row]
        for one, caption in zip(row, blocks):
            left, right = gutter + round(one.x), gutter + round(one.x + one.width)
            put.append(Put(comic.panels[one.panel], (left, y, right, bottom), caption))
        tallest = max(caption.height_px for caption in blocks)
        y = bottom + (params.text_px // 2 + tallest if tallest else 0) + gutter
    if y > MOST_SIDE_PX:
        problem = f"it would be {y} px high, and a picture has at most {MOST_SIDE_PX}"
        raise InputError("strip", problem, "Lower `render.strip.width_px`, or raise `render.strip.columns`")
    return Strip(head, put, params.width_px, y)


def _caption(written: Written, place: Place, params: StripParams) -> Block:
    return shrunk(written, place.width, params.text_px, place.height * TALLEST, round(params.text_px * LEAST))


def drawn(strip: Strip, params: StripParams) -> Image:
    """The strip as a picture, RGB."""
    page = Pillow.new("RGB", (strip.width_px, strip.height_px), PAPER)
    pen = ImageDraw.Draw(page)
    gutter = params.gutter_px
    write(pen, strip.title, (gutter, gutter, strip.width_px - gutter), INK)
    for panel, (left, top, right, bottom), caption in strip.panels:
        page.paste(Pillow.fromarray(fitted(panel.image, right - left, bottom - top, MAT)), (left, top))
        pen.rectangle((left, top, right - 1, bottom - 1), outline=INK, width=max(2, strip.width_px // 500))
        write(pen, caption, (left, bottom + params.text_px // 2, right), INK)
    return np.asarray(page)
