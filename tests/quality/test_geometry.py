import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.quality.geometry import occlusion, roll, truncation, yaw

FRONT = np.array([[30, 40], [70, 40], [50, 60], [35, 80], [65, 80]], float)


def test_truncation_by_hand():
    # a face of 40 x 50: the head is 85 px wide and high about its middle
    assert truncation(np.array([100, 100, 140, 150]), 400, 400) == 0
    assert truncation(np.array([100, 5, 140, 55]), 400, 400) == pytest.approx(12.5 / 85)  # 12.5 px above the frame
    # the left half of it is outside: the whole one was 40 px wide, so the middle lies on the edge
    assert truncation(np.array([0, 100, 20, 150]), 400, 400) == pytest.approx(0.5)


@given(st.integers(0, 90), st.integers(0, 90), st.integers(1, 60), st.integers(1, 60))
def test_truncation_is_a_share(x, y, width, height):
    box = np.array([x, y, min(x + width, 100), min(y + height, 100)])
    assert 0 <= truncation(box, 100, 100) < 1


def test_occlusion_by_hand():
    face = np.array([10, 10, 20, 20])
    assert occlusion(face, np.empty((0, 4), int)) == 0
    assert occlusion(face, np.array([[0, 0, 15, 30]])) == 0.5
    assert occlusion(face, np.array([[0, 0, 15, 30], [0, 0, 30, 15]])) == 0.75  # the union, not the sum
    assert occlusion(face, np.array([[20, 0, 30, 30], [0, 0, 100, 100]])) == 1
    assert occlusion(face, np.array([[-50, -50, 12, 12]])) == 0.04


def test_yaw_by_hand():
    assert yaw(FRONT) == 0
    turned = FRONT.copy()
    turned[2, 0] = 40  # 10 px to the left, and eyes and mouth are 35 px wide on average
    assert yaw(turned) == pytest.approx(-10 / 17.5)
    turned[2, 0] = 90
    assert yaw(turned) == 1
    assert yaw(np.zeros((5, 2))) == 0


@given(st.floats(-60, 60), st.floats(0.2, 4), st.floats(20, 80))
def test_tilt_and_size_do_not_matter_and_mirrors_turn_it_round(degrees, scale, nose):
    face = FRONT.copy()
    face[2, 0] = nose
    turn = np.radians(degrees)
    tilted = scale * face @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    assert yaw(tilted) == pytest.approx(yaw(face), abs=1e-9)
    mirror = (face * [-1, 1])[[1, 0, 2, 4, 3]]
    assert yaw(mirror) == pytest.approx(-yaw(face), abs=1e-9)


def test_roll_by_hand():
    assert roll(FRONT) == 0
    for degrees in (-90, -30, 20):
        turn = np.radians(degrees)
        tilted = FRONT @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        assert roll(tilted) == pytest.approx(degrees)
