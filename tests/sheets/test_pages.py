import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.thumbs import Thumb
from dramatis.sheets.pages import COLUMNS, HEADING_PX, HEIGHT_PX, THUMB_PX, TITLE_PX, WIDTH_PX, Section, draw, pages

BLUE = np.full((10, 10, 3), (0, 0, 250), np.uint8)


def section(count, heading="Outfit", more=()):
    return Section(heading, "words", [Thumb(BLUE, str(n), more) for n in range(count)], "#4c8f5b")


def test_rows_hold_as_many_pictures_as_there_are_columns():
    ((part,),) = pages([section(COLUMNS + 1)])
    assert [len(row) for row in part.rows] == [COLUMNS, 1]


def test_a_section_that_is_too_long_goes_on_under_its_heading():
    found = pages([section(3 * COLUMNS)], height_px=TITLE_PX + HEADING_PX + 2 * THUMB_PX + 120)
    assert [[part.heading for part in page] for page in found] == [["Outfit"], ["Outfit (continued)"]]
    assert [len(page[0].rows) for page in found] == [2, 1]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 4)), max_size=6), st.integers(300, 3000))
def test_every_picture_is_on_one_page_in_order_and_no_page_is_too_high(sizes, height):
    sections = [section(count, f"s{n}", ("line",) * more) for n, (count, more) in enumerate(sizes)]
    found = pages(sections, height)
    shown = [thumb.caption for page in found for part in page for row in part.rows for thumb in row]
    assert shown == [thumb.caption for each in sections for thumb in each.thumbs]
    assert all(page for page in found) or not shown
    for page in found:
        assert TITLE_PX + sum(part.height_px for part in page) <= height or sum(len(p.rows) for p in page) == 1


def test_a_page_shows_its_pictures_in_full():
    ((page),) = pages([section(2), section(1, more=("moment", "reason"))])
    drawn = draw(page, "Ada", "ada: 3 s")
    assert drawn.shape[1] == WIDTH_PX and drawn.shape[0] <= HEIGHT_PX
    assert (drawn == (0, 0, 250)).all(-1).sum() == 3 * THUMB_PX**2
    assert (drawn[-8:] == 255).all(-1)[:, 8:].all(), "nothing is cut off below"


def test_nobody_is_said():
    drawn = draw(pages([])[0], "Rejected", "")
    assert (drawn[TITLE_PX:] < 128).any()
