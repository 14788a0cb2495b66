import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dramatis.core.thumbs import Thumb, fitted, paste, short_time


@pytest.mark.parametrize(
    ("time_code", "shown"),
    [
        ("00:00:05.250", "00:05.2"),
        ("00:59:59.999", "59:59.9"),
        ("01:00:00.000", "01:00:00.0"),
        ("10:00:05.250", "10:00:05.2"),
    ],
)
def test_a_short_time_code_keeps_hours_that_are_not_zero(time_code, shown):
    assert short_time(time_code) == shown


@given(st.text(st.characters(categories=["L", "N"]), max_size=80), st.integers(20, 200))
def test_a_line_fits_and_keeps_its_beginning(text, width):
    shown, letters = fitted(text, width)
    assert letters.getlength(shown) <= width
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


def test_a_picture_and_its_lines_stand_below_each_other():
    sheet = Image.new("RGB", (60, 90), "white")
    paste(sheet, Thumb(np.full((8, 4, 3), (200, 0, 0), np.uint8), "e01 00:05.2", ("blurred",)), 10, 5, 40)
    found = np.asarray(sheet)
    assert (found[5:45, 10:50] == (200, 0, 0)).all()
    assert (found[46:58] < 200).any() and (found[59:71] < 200).any() and (found[72:] == 255).all()
