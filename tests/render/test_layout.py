import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.render.layout import NARROWEST, WIDEST, proportion, rows


def numbers(made):
    return [[place.panel for place in row] for row in made]


@pytest.mark.parametrize(
    ("sides", "columns", "wanted"),
    [
        ([1.0] * 4, 2, [[0, 1], [2, 3]]),
        ([1.0] * 5, 2, [[0, 1], [2, 3, 4]]),
        ([1.0], 2, [[0]]),
        ([2.0, 1.0, 1.0], 2, [[0], [1, 2]]),
        ([1.0] * 6, 3, [[0, 1, 2], [3, 4, 5]]),
    ],
)
def test_worked_examples(sides, columns, wanted):
    assert numbers(rows(sides, 100, 4, columns)) == wanted


@given(
    st.lists(st.floats(NARROWEST, WIDEST), min_size=1, max_size=24), st.floats(100, 2000), st.floats(0, 10),
    st.integers(1, 8),
)  # fmt: skip
def test_rows_fill_the_width_in_order_and_keep_proportions(sides, width, gutter, columns):
    made = rows(sides, width, gutter, columns)
    assert [place.panel for row in made for place in row] == list(range(len(sides)))
    for row in made:
        assert row[0].x == 0 and row[-1].x + row[-1].width == pytest.approx(width)
        for place, after in zip(row, row[1:]):
            assert after.x - place.x - place.width == pytest.approx(gutter, abs=1e-6)
        for place in row:
            assert place.height == row[0].height > 0
            assert place.width / place.height == pytest.approx(sides[place.panel])


def test_places_of_odd_pictures_are_within_bounds():
    assert proportion(512, 16) == WIDEST and proportion(16, 512) == NARROWEST and proportion(80, 48) == 80 / 48
