"""Edges of pictures whose edges are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.control.edges import HIGH, draw_edges, thresholds


def halves(left, right, width=40, height=30):
    image = np.full((height, width, 3), left, np.uint8)
    image[:, width // 2 :] = right
    return image


def test_a_step_is_one_white_line():
    edges = draw_edges(halves(60, 180), None, None, 0.33)
    columns = np.flatnonzero(edges.any((0, 2)))
    assert edges.shape == (30, 40, 3) and set(np.unique(edges)) == {0, 255}
    assert len(columns) == 1 and columns[0] in (19, 20)
    assert (edges == edges[..., :1]).all()


def test_thresholds_by_hand():
    assert thresholds(np.full((4, 4), 120, np.uint8), 0.25) == (90, 150)
    assert thresholds(np.full((4, 4), 120, np.uint8), 0.0) == (120, 120)


@given(st.integers(0, 255), st.floats(0, 0.99))
def test_thresholds_are_in_order_and_bounded(median, spread):
    low, high = thresholds(np.full((3, 3), median, np.uint8), spread)
    assert 0 <= low <= high and HIGH[0] <= high <= HIGH[1]


def test_the_noise_of_a_black_picture_is_no_edge():
    noise = np.random.default_rng(0).integers(0, 5, (40, 40, 3)).astype(np.uint8)
    assert not draw_edges(noise, None, None, 0.33).any()


def test_given_thresholds_are_obeyed():
    step = halves(100, 130)  # a gradient of 4 × 30
    assert draw_edges(step, 50, 100, 0.33).any() and not draw_edges(step, 150, 200, 0.33).any()


def test_all_colours_count_by_their_brightness():
    image = np.zeros((30, 40, 3), np.uint8)
    image[:, 20:] = (0, 200, 0)
    assert draw_edges(image, 50, 100, 0.33).any()


@pytest.mark.parametrize("shape", [(1, 1), (2, 3)])
def test_a_tiny_picture_keeps_its_size(shape):
    assert draw_edges(np.zeros((*shape, 3), np.uint8), None, None, 0.33).shape == (*shape, 3)
