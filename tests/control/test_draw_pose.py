"""Boxes and axes of heads, by hand and against the points that poses are made from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.control.pose import COLOURS, LOOK, UP, Figure, axes, draw_pose
from dramatis.landmark.pose import shown


def lit(image, colour, tolerance=0):
    """Columns and rows of a colour, shape (N, 2); smooth lines are nowhere quite as bright."""
    y, x = np.nonzero((np.abs(image.astype(int) - colour) <= tolerance).all(-1))
    return np.stack([x, y], -1)


def test_a_box_is_outlined_on_its_outermost_pixels():
    image = draw_pose([Figure({"head": np.array([10.0, 20, 40, 60])}, None)], 80, 90, 0.001)
    places = lit(image, COLOURS["head"])
    assert places.min(0).tolist() == [10, 20] and places.max(0).tolist() == [39, 59]
    assert len(places) == 2 * 30 + 2 * 38 and image.any(-1).sum() == len(places)


def test_each_kind_has_its_colour_and_those_not_found_are_not_drawn():
    boxes = {"person": np.array([5.0, 5, 75, 85]), "face": np.array([30.0, 20, 50, 40])}
    colours = {tuple(pixel) for pixel in draw_pose([Figure(boxes, None)], 80, 90, 0.001).reshape(-1, 3).tolist()}
    assert colours == {(0, 0, 0), COLOURS["person"], COLOURS["face"]}
    assert len(set(COLOURS.values()) | {LOOK, UP}) == 6


def test_a_head_from_the_front_points_up_only_and_one_turned_right_to_the_right():
    assert axes(0, 0, 0) == pytest.approx(np.array([[0, 0], [0, -1]]), abs=1e-12)
    assert axes(90, 0, 0)[0] == pytest.approx([1, 0])
    assert axes(0, 30, 0) == pytest.approx(np.array([[0, -0.5], [0, -np.sqrt(0.75)]]))
    assert axes(0, 0, 90)[1] == pytest.approx([1, 0])  # a head that lies clockwise has its top to the right


@given(st.floats(-89, 89), st.floats(-45, 45), st.floats(-180, 180))
def test_the_axes_turn_as_the_points_of_a_face_do(yaw, pitch, roll):
    nose, top = shown(np.array([[0, 0, 1], [0, -1, 1e-9]]), np.array([yaw]), np.array([pitch]))[0]
    turned = np.array([nose, top]) * np.exp(1j * np.radians(roll))
    assert axes(yaw, pitch, roll) == pytest.approx(np.stack([turned.real, turned.imag], -1), abs=1e-6)


def test_lines_start_in_the_middle_of_the_face():
    boxes = {"face": np.array([20.0, 20, 60, 60])}
    image = draw_pose([Figure(boxes, (90.0, 0.0, 0.0))], 80, 80, 0.001)
    look, up = lit(image, LOOK, 90), lit(image, UP, 80)
    assert abs(look[:, 1] - 39.5).max() <= 1 and 56 <= look[:, 0].max() <= 61 and look[:, 0].min() >= 38
    assert abs(up[:, 0] - 39.5).max() <= 1 and 19 <= up[:, 1].min() <= 22 and up[:, 1].max() <= 41
    assert not lit(draw_pose([Figure(boxes, None)], 80, 80, 0.001), UP, 80).size


def test_boxes_may_reach_beyond_the_crop():
    image = draw_pose([Figure({"person": np.array([-50.0, 10, 40, 400])}, None)], 80, 90, 0.001)
    places = lit(image, COLOURS["person"])
    assert places.min(0).tolist() == [0, 10] and places.max(0).tolist() == [39, 89]
