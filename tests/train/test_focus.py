import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.train.data import fit
from dramatis.train.focus import covered, fitted, loss_map


def test_cells_are_covered_by_their_share():
    found = covered(np.array([0.5, 1, 2.25, 2]), 3, 3).numpy()
    assert found == pytest.approx(np.array([[0, 0, 0], [0.5, 1, 0.25], [0, 0, 0]]))


def test_the_face_weighs_as_said_and_the_whole_as_before():
    weights = loss_map(np.array([1.0, 1.0, 3.0, 2.0]), 4, 4, 5.0)
    assert weights.mean() == pytest.approx(1)
    assert weights[1, 1] / weights[0, 0] == pytest.approx(5)
    assert (loss_map(None, 4, 2, 5.0) == 1).all() and loss_map(None, 4, 2, 5.0).shape == (2, 4)
    assert (loss_map(np.array([1.0, 1.0, 3.0, 2.0]), 4, 4, 1.0) == 1).all()


@given(st.integers(20, 90), st.integers(20, 90), st.sampled_from([(64, 64), (48, 96), (96, 48)]))
def test_a_box_goes_where_its_pixels_go(width, height, bucket):
    """A white square in the middle of a picture, after the same scaling and cutting as the picture."""
    image = np.zeros((height, width, 3), np.uint8)
    x, y = width // 2, height // 2
    image[y - 5 : y + 5, x - 5 : x + 5] = 255
    seen = fit(image, *bucket)[..., 0] > 127
    x0, y0, x1, y1 = fitted([x - 5, y - 5, x + 5, y + 5], (width, height), bucket)
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    shown = [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
    assert shown == pytest.approx([max(x0, 0), max(y0, 0), min(x1, bucket[0]), min(y1, bucket[1])], abs=2)
