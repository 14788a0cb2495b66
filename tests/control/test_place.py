"""Where points of the frame lie in a crop, and which faces are left out."""

import numpy as np
import pytest
from conftest import TOP
from hypothesis import given
from hypothesis import strategies as st

from dramatis.control.params import ControlParams
from dramatis.control.place import in_crop, inside, why_unreliable
from dramatis.core.params import load_params

PARAMS = load_params("control", ControlParams, TOP / "params.yaml")
WHOLE = np.full((68, 2), 10.0)
sides = st.integers(20, 400)


def row(confidence=0.9, residual=0.1):
    return {"confidence": [confidence] * 68, "residual": residual}


def test_a_crop_of_half_the_size_by_hand():
    points = np.array([[100, 50], [140, 50], [120, 80]])
    assert in_crop(points, [100, 40, 180, 120], 40, 40).tolist() == [[0, 5], [20, 5], [10, 20]]


@given(st.floats(-500, 500), st.floats(-500, 500), sides, sides, st.floats(0.1, 1))
def test_moved_and_scaled_together_points_stay_where_they_are(x, y, width, height, scale):
    points = np.random.default_rng(0).uniform(0, 300, (68, 2))
    box = np.array([20, 30, 20 + width, 30 + height])
    here = in_crop(points, box, width, height)
    assert in_crop(points + [x, y], box + [x, y, x, y], width, height) == pytest.approx(here)
    assert in_crop(points, box, scale * width, scale * height) == pytest.approx(here * scale)
    assert here == pytest.approx(points - [20, 30])


@given(sides, sides, st.integers(10, 100), st.integers(10, 100))
def test_what_is_inside_the_box_is_inside_the_crop(width, height, new_width, new_height):
    box = np.array([50, 60, 50 + width, 60 + height])
    points = np.random.default_rng(1).uniform(0, 600, (200, 2))
    in_box = ((points >= box[:2]) & (points < box[2:])).all(1)
    found = inside(in_crop(points, box, new_width, new_height), new_width, new_height)
    assert np.array_equal(found, in_box)


def test_the_first_rule_that_fails_is_named():
    size, out = (64, 64), np.vstack([np.full((60, 2), 10.0), np.full((8, 2), -1.0)])
    assert why_unreliable(row(), WHOLE, size, PARAMS) is None
    assert why_unreliable(None, None, size, PARAMS) == "no_landmarks"
    assert why_unreliable(row() | {"confidence": None}, None, size, PARAMS) == "no_landmarks"
    assert why_unreliable(row(confidence=0.4, residual=9), out, size, PARAMS) == "min_confidence"
    assert why_unreliable(row(residual=0.4), out, size, PARAMS) == "max_residual"
    assert why_unreliable(row(residual=None), WHOLE, size, PARAMS) == "max_residual"
    assert why_unreliable(row(), out, size, PARAMS) == "min_inside"  # 60 of 68 are 88 %
    assert why_unreliable(row(), out, size, PARAMS.model_copy(update={"min_inside": 0.85})) is None
