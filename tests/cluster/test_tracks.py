import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.bench.bank import around, random_unit
from dramatis.cluster.graph import near_pairs, nearest
from dramatis.cluster.tracks import cannot_link, difference, in_order, normalised, pieces


def on_circle(*degrees):
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)


def test_a_track_that_changes_to_somebody_else_is_taken_apart():
    vectors = on_circle(0, 5, 120, 125, 0)  # the difference of 0° and 120° is 0.75
    assert pieces(vectors, ["a", "a", "a", "a", "b"], limit=0.3).tolist() == [0, 0, 1, 1, 2]
    assert pieces(vectors, ["a", "a", "a", "a", "b"], limit=0.8).tolist() == [0, 0, 0, 0, 1]


def test_a_track_with_a_slow_turn_stays_whole():
    turn = on_circle(*range(0, 80, 5))
    assert difference(float(turn[0] @ turn[-1])) > 0.35
    assert set(pieces(turn, ["a"] * len(turn), limit=0.35)) == {0}


def test_faces_of_one_frame_cannot_be_one_person_unless_their_boxes_lie_on_each_other():
    boxes = np.array([[0, 0, 10, 10], [50, 0, 60, 10], [51, 1, 61, 11], [0, 0, 10, 10]], np.int32)
    apart = cannot_link(["f", "f", "f", "g"], np.array([0, 1, 2, 3]), boxes, 4)
    assert apart == [{1, 2}, {0}, {0}, set()]
    assert cannot_link(["f", "f"], np.array([-1, 0]), boxes[:2], 1) == [set()]  # rejected faces say nothing


def test_numbers_in_order_of_appearance():
    assert in_order(np.array([7, 3, 7, 9])).tolist() == [0, 1, 0, 2]


@given(st.integers(2, 60), st.integers(1, 12), st.integers(0, 100))
def test_neighbours_are_the_exact_ones(count, neighbours, seed):
    vectors = normalised(np.random.default_rng(seed).standard_normal((count, 8)))
    index, cosine = nearest(vectors, neighbours, block=7)
    every = vectors @ vectors.T
    np.fill_diagonal(every, -2)
    assert np.allclose(cosine, -np.sort(-every, 1)[:, : min(neighbours, count - 1)], atol=1e-6)
    assert (index != np.arange(count)[:, None]).all()


def test_links_of_three_vectors():
    vectors = on_circle(0, 20, 180)
    assert near_pairs(vectors, 2, limit=0.1).tolist() == [[0, 1]]
    assert near_pairs(vectors, 2, limit=1.0).tolist() == [[0, 1], [0, 2], [1, 2]]


@pytest.mark.parametrize("count", [0, 1])
def test_links_of_nothing_and_of_one(count):
    assert near_pairs(np.zeros((count, 4), np.float32), 5, 0.3).shape == (0, 2)


def test_around_has_the_cosine_it_says():
    rng = np.random.default_rng(0)
    centre = random_unit(16, rng)
    assert abs(around(centre, 0.4, rng) @ centre - 0.4) < 1e-9
