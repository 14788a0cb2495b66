import re
import zlib

import pytest
from rendered import comic, params, picture

from dramatis.render.document import MARGIN_MM, SIZES, _blank, _placed, _title, document
from dramatis.render.lettering import lettered

LONG = ("It was a dark and stormy night; " * 20)[:600]


def made(top, paper="a4", **story):
    settings = params(document={"paper": paper})
    read = comic(top, settings, **story)
    return read, lettered(read, settings), settings


def pdf(top, paper="a4", **story):
    read, texts, settings = made(top, paper, **story)
    return document(read, texts, settings.document, "de")


def pages(data):
    return [tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox \[([^]]+)\]", data)]


def test_it_is_a_tagged_pdf_with_its_fonts_and_no_date(tmp_path):
    data = pdf(tmp_path, captions=["Größe", "Ветер"])
    assert data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")
    assert b"/FontFile2" in data and b"+DejaVuSans" in data  # inside, and only a part
    assert len(re.findall(rb"/Alt \(", data)) + len(re.findall(rb"/Alt <", data)) >= 2
    assert b"/Lang (de)" in data and b"D:20000101" in data
    assert re.findall(rb"/CreationDate \(D:(\d{4})", data) == [b"2000"]
    assert data == pdf(tmp_path, captions=["Größe", "Ветер"])


def test_captions_are_text(tmp_path):
    """The map from letters of the font to Unicode has those of the caption."""
    data = pdf(tmp_path, captions=["Ж"])
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    maps = [text for stream in streams if b"beginbf" in (text := _inflated(stream))]
    assert any(b"0416" in text for text in maps)


def _inflated(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


@pytest.mark.parametrize("paper", ["a4", "long"])
@pytest.mark.parametrize(
    "story",
    [
        {},
        {"captions": ["a"]},
        {"captions": [f"Number {number}." for number in range(24)]},
        {"captions": ["", LONG, "Щ" * 600, "x" * 600]},
        {"captions": ["a"] * 3, "images": [picture(0, 16, 512), picture(1, 512, 16), picture(2, 80, 48)]},
        {"captions": ["Ж" * 600], "images": [picture(0, 16, 512)], "title": ("Words " * 100)[:600]},
    ],
)
def test_everything_fits_on_its_page(tmp_path, story, paper):
    read, texts, settings = made(tmp_path, paper, **story)
    width, height = SIZES[paper]
    put, bottom = _placed(_blank("", "en", texts, (width, 300)), read, texts, settings.document, 40)
    assert [one.panel.scene for one in put] == [panel.scene for panel in read.panels]
    low = (height or bottom + MARGIN_MM) - MARGIN_MM + 1e-6
    measure = _blank("", "en", texts, (width, 300))
    for one in put:
        below = one.y + one.height + (2 + len(one.lines) * one.size_pt * 25.4 / 72 * 1.3 if one.lines else 0)
        assert one.x >= MARGIN_MM - 1e-6 and one.x + one.width <= width - MARGIN_MM + 1e-6
        assert one.y >= MARGIN_MM and below <= low
        measure.set_font(f"{one.face.file.stem}-{one.face.number}", size=one.size_pt)
        assert all(measure.get_string_width(line) <= one.width + 1e-6 for line in one.lines)


def test_large_letters_leave_room_for_pictures(tmp_path):
    story = {"title": ("Words " * 100).strip(), "captions": [LONG, "b", "c", "d"]}
    read, texts, settings = made(tmp_path, **story)
    large = settings.document.model_copy(update={"text_pt": 40, "columns": 4})
    measure = _blank("", "en", texts, (210, 300))
    lines, size_pt = _title(measure, texts.title, large)
    put, _ = _placed(measure, read, texts, large, MARGIN_MM + len(lines) * size_pt * 25.4 / 72 * 1.3)
    assert all(one.height > 10 for one in put)
    assert b"%PDF" in document(read, texts, large, "en")[:8]


def test_papers(tmp_path):
    assert pages(pdf(tmp_path))[0][2:] == pytest.approx((595.28, 841.89), abs=0.01)
    assert pages(pdf(tmp_path, "letter"))[0][2:] == pytest.approx((612, 792), abs=0.01)
    many = [f"Number {number}." for number in range(12)]
    long = pages(pdf(tmp_path, "long", captions=many))
    assert len(long) == 1 and long[0][3] > 1700
    assert b"/Count 3" in pdf(tmp_path, captions=many)
