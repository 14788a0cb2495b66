"""The grid on pages."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dramatis.preview.grid import CELL_PX, GAP_PX, WIDTH_PX, Row, grid, pages, shown_steps


def flat(level, high=8, wide=8):
    return np.full((high, wide, 3), level, np.uint8)


def test_cells_stand_where_they_belong():
    rows = [Row("fixed", name, [flat(10 * row + column) for column in range(3)]) for row, name in enumerate(["a", "b"])]
    page = grid(rows, ["base", "step 2", "step 4"])
    assert page.shape[1] == WIDTH_PX + 3 * (CELL_PX + GAP_PX)
    assert page[-10, WIDTH_PX + 2 * (CELL_PX + GAP_PX) + 10].tolist() == [12] * 3
    assert page[60, WIDTH_PX + 10].tolist() == [0] * 3


def test_headings_and_shapes():
    one = grid([Row("fixed", "a", [flat(0)]), Row("fixed", "b", [flat(0)])], ["base"])
    two = grid([Row("fixed", "a", [flat(0)]), Row("pair", "b", [flat(0)])], ["base"])
    assert two.shape[0] > one.shape[0]
    low = grid([Row("pair", "a", [flat(9, 48, 80)])], ["base"])
    tall = grid([Row("pair", "a", [flat(9, 800, 100)])], ["base"])
    assert low.shape[0] < grid([Row("pair", "a", [flat(9)])], ["base"]).shape[0] < tall.shape[0] < 3 * CELL_PX


@given(st.integers(1, 60), st.integers(2, 20))
def test_of_many_steps_the_first_and_the_last_are_shown(count, most):
    steps = list(range(0, 10 * count, 10))
    shown = shown_steps(steps, most)
    assert len(shown) == min(count, most) == len({*shown})
    assert shown[0] == steps[0] and shown[-1] == steps[-1] and shown == sorted(shown)


@given(st.integers(0, 200), st.integers(1, 40))
def test_every_row_is_on_one_page(count, most):
    assert [row for page in pages(count, most) for row in page] == list(range(count))
    assert all(0 < len(page) <= most for page in pages(count, most))
