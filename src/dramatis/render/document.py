"""The story as a PDF: panels in rows on pages, captions as text that can be searched, read aloud and copied."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import PIL.Image
from fpdf import FPDF
from fpdf.enums import Align

from dramatis.render.comic import Comic, Panel, fitted
from dramatis.render.layout import Place, proportion, rows
from dramatis.render.lettering import LEADING, Lettered, Written
from dramatis.render.letters import Face
from dramatis.render.lines import broken, right_to_left
from dramatis.render.params import DocumentParams

SIZES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4), "long": (210.0, 0.0)}
"""Width and height [mm]; 0 is as high as all of it."""
LONGEST_MM = 5080.0
"""A page of a PDF has at most 14,400 points a side (ISO 32000-1, annex C)."""
MARGIN_MM, GUTTER_MM, GAP_MM, FRAME_MM = 14.0, 6.0, 2.0, 0.4
PT_MM = 25.4 / 72
DOTS = 200 / 25.4
"""Pixels of a picture for a millimetre: 200 to the inch."""
TITLE, TALLEST = 1.9, 0.4
"""Size of the title over that of captions; height of captions over that of pictures that is not made less."""
LEAST = 0.5
"""Letters become so small at most where a row would not fit on a page, unless its captions alone would fill it."""
PICTURES, TITLES = 0.25, 0.5
"""Share of a page's height that pictures keep at least, and that the title takes at most."""
MAT = (226, 223, 214)
WHEN = datetime(2000, 1, 1, tzinfo=UTC)
"""Date of every document, so that equal stories give equal bytes."""


logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table of a font that it makes smaller


class Put(NamedTuple):
    """A panel where it stands on its page [mm]."""

    panel: Panel
    face: Face
    page: int
    x: float
    y: float
    width: float
    height: float
    lines: list[str]
    size_pt: float


def document(comic: Comic, texts: Lettered, params: DocumentParams, language: str) -> bytes:
    """The PDF: tagged pictures with what they show, subset fonts inside, no date."""
    width, height = SIZES[params.paper]
    measured = _blank(comic.title, language, texts, (width, 300.0))
    title, title_pt = _title(measured, texts.title, params)
    top = len(title) * title_pt * PT_MM * LEADING + GUTTER_MM
    put, bottom = _placed(measured, comic, texts, params, MARGIN_MM + top)
    pdf = _blank(comic.title, language, texts, (width, height or min(bottom + MARGIN_MM, LONGEST_MM)))
    pdf.add_page()
    _write(pdf, texts.title.face, title, title_pt, MARGIN_MM, MARGIN_MM, width - 2 * MARGIN_MM)
    for one in put:
        while pdf.page < one.page:
            pdf.add_page()
        _draw(pdf, one)
    return bytes(pdf.output())


def _blank(title: str, language: str, texts: Lettered, size: tuple[float, float]) -> FPDF:
    pdf = FPDF(unit="mm", format=size)
    pdf.set_auto_page_break(False)
    pdf.c_margin = 0
    pdf.set_title(title)
    pdf.set_lang(language)
    pdf.set_creation_date(WHEN)
    pdf.set_producer("Dramatis")
    for face in dict.fromkeys([texts.title.face, *(one.face for one in texts.captions)]):
        pdf.add_font(_name(face), fname=face.file, collection_font_number=face.number)
    pdf.set_text_shaping(True)
    return pdf


def _name(face: Face) -> str:
    return f"{face.file.stem}-{face.number}"


def _measure(pdf: FPDF, face: Face, size_pt: float) -> Callable[[str], float]:
    pdf.set_font(_name(face), size=size_pt)
    return pdf.get_string_width


def _title(pdf: FPDF, title: Written, params: DocumentParams) -> tuple[list[str], float]:
    """Its lines and their size [pt], which leaves room for panels on the first page."""
    width, height = SIZES[params.paper]
    size_pt = params.text_pt * TITLE
    while True:
        lines = broken(title.text, width - 2 * MARGIN_MM, _measure(pdf, title.face, size_pt))
        if len(lines) * size_pt * PT_MM * LEADING <= (height or LONGEST_MM) * TITLES - MARGIN_MM - GUTTER_MM:
            return lines, size_pt
        size_pt *= 0.9


def _placed(pdf: FPDF, comic: Comic, texts: Lettered, params: DocumentParams, top: float) -> tuple[list[Put], float]:
    """Panels with their pages, a row never parted; and where the last row ends [mm]."""
    width, height = SIZES[params.paper]
    sides = [proportion(one.image.shape[1], one.image.shape[0]) for one in comic.panels]
    y, page, put, first = top, 1, list[Put](), True
    for row in rows(sides, width - 2 * MARGIN_MM, GUTTER_MM, params.columns):
        room = (height or LONGEST_MM) - MARGIN_MM
        made, high = _row(pdf, row, comic, texts, params.text_pt, room - MARGIN_MM)
        if y + high > room and not first:
            y, page = MARGIN_MM, page + 1
        if y + high > room:  # below the title
            made, high = _row(pdf, row, comic, texts, params.text_pt, room - y)
        put += [one._replace(page=page, y=y) for one in made]
        y, first = y + high + GUTTER_MM, False
    return put, y - GUTTER_MM


def _row(
    pdf: FPDF, row: list[Place], comic: Comic, texts: Lettered, size_pt: float, room: float
) -> tuple[list[Put], float]:
    """Panels of a row that is no higher than `room`, and its height [mm]: smaller letters first, then pictures."""
    high, least = row[0].height, size_pt * LEAST
    while True:
        captions = [(texts.captions[place.panel], place.width) for place in row]
        lines = [broken(one.text, width, _measure(pdf, one.face, size_pt)) for one, width in captions]
        most = max(map(len, lines))
        below = GAP_MM + most * size_pt * PT_MM * LEADING if most else 0
        small = below <= high * TALLEST or size_pt <= least
        if high + below <= room or (small and room - below >= room * PICTURES):
            break
        size_pt = max(least, size_pt * 0.9) if size_pt > least else size_pt * 0.9
    high = min(high, room - below)
    made = [
        Put(
            comic.panels[one.panel],
            texts.captions[one.panel].face,
            0,
            MARGIN_MM + one.x,
            0,
            one.width,
            high,
            said,
            size_pt,
        )
        for one, said in zip(row, lines)
    ]
    return made, high + below


def _draw(pdf: FPDF, one: Put) -> None:
    wide, high = round(one.width * DOTS), round(one.height * DOTS)
    picture = PIL.Image.fromarray(fitted(one.panel.image, wide, high, MAT))
    pdf.image(picture, one.x, one.y, one.width, one.height, alt_text=one.panel.said)
    pdf.set_line_width(FRAME_MM)
    pdf.rect(one.x, one.y, one.width, one.height)
    _write(pdf, one.face, one.lines, one.size_pt, one.x, one.y + one.height + GAP_MM, one.width)


def _write(pdf: FPDF, face: Face, lines: list[str], size_pt: float, x: float, y: float, width: float) -> None:
    """Lines from a place downwards, from the right edge where the text runs to the left."""
    pdf.set_font(_name(face), size=size_pt)
    high = size_pt * PT_MM * LEADING
    align = Align.R if right_to_left(" ".join(lines)) else Align.L
    for number, line in enumerate(lines):
        pdf.set_xy(x, y + number * high)
        pdf.cell(width, high, line, align=align)
