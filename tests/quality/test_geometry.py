import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.quality.geometry import occlusion, truncation


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
