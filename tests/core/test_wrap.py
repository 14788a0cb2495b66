from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.fonts import font
from dramatis.core.wrap import wrapped


def test_lines_break_at_spaces():
    letters, width = font(11), font(11).getlength("ada, red hair,")
    assert wrapped("ada, red hair, smile", width, letters, 3) == ["ada, red hair,", "smile"]
    assert wrapped("ada, red hair, smile and much more", width, letters, 2)[1].endswith("…")
    assert wrapped("  ", width, letters, 3) == [] and wrapped("a b", width, letters, 3) == ["a b"]


@given(st.text("abé, 雪🙂W", max_size=60), st.integers(12, 120), st.integers(1, 4))
def test_no_line_is_wider_than_its_place(text, width, most):
    letters = font(11)
    lines = wrapped(text, width, letters, most)
    assert len(lines) <= most and all(letters.getlength(line) <= width or len(line) <= 2 for line in lines)
    if not lines or not lines[-1].endswith("…"):
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
