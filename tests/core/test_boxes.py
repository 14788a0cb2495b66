"""Half-open pixel boxes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dramatis.core import boxes

corner = st.integers(-50, 50)
sets = st.integers(0, 5).flatmap(lambda n: arrays(np.int64, (n, 4), elements=corner))
filled = st.tuples(corner, corner, st.integers(1, 60), st.integers(1, 60)).map(
    lambda b: np.array([b[0], b[1], b[0] + b[2], b[1] + b[3]])
)


def test_worked_example():
    a, b = np.array([[0, 0, 4, 2]]), np.array([[2, 0, 6, 2], [4, 0, 5, 2]])  # half and no overlap
    assert boxes.area(a).tolist() == [8]
    assert boxes.intersection(a, b).tolist() == [[4, 0]]
    assert boxes.iou(a, b).tolist() == [[pytest.approx(4 / 12), 0]]
    assert boxes.cover(a, b).tolist() == [[0.5, 0]]
    assert boxes.expand(a[0], 1.5).tolist() == [-1, -2, 5, 4]
    assert boxes.clip(np.array([[-1.5, 0.2, 3.1, 9]]), 4, 5).tolist() == [[0, 0, 4, 5]]


@given(sets, sets)
def test_overlaps_are_shares_and_iou_is_symmetric(a, b):
    iou = boxes.iou(a, b)
    assert iou.shape == (len(a), len(b))
    assert ((0 <= iou) & (iou <= 1)).all()
    assert (iou == boxes.iou(b, a).T).all()
    assert ((0 <= boxes.cover(a, b)) & (boxes.cover(a, b) <= 1)).all()


@given(filled, corner, corner)
def test_moving_both_changes_nothing(box, dx, dy):
    other = box + [3, 1, 3, 1]
    move = np.array([dx, dy, dx, dy])
    assert boxes.iou((box + move)[None], (other + move)[None]) == pytest.approx(boxes.iou(box[None], other[None]))


@given(filled)
def test_a_box_covers_itself(box):
    assert boxes.iou(box[None], box[None]) == 1
    assert boxes.cover(box[None], box[None]) == 1


@given(filled, st.floats(1, 4))
def test_expansion_is_a_square_about_the_centre_that_holds_the_box(box, factor):
    x0, y0, x1, y1 = boxes.expand(box, factor)
    assert x1 - x0 == pytest.approx(y1 - y0)
    assert [x0 + x1, y0 + y1] == pytest.approx([box[0] + box[2], box[1] + box[3]])
    assert x0 <= box[0] + 1e-9 and y0 <= box[1] + 1e-9 and x1 >= box[2] - 1e-9 and y1 >= box[3] - 1e-9


@given(arrays(np.float64, (3, 4), elements=st.floats(-30, 130)))
def test_clipped_boxes_lie_inside_the_picture(some):
    inside = boxes.clip(some, 100, 60)
    assert inside.dtype == np.int32
    assert (inside >= 0).all() and (inside[:, ::2] <= 100).all() and (inside[:, 1::2] <= 60).all()
