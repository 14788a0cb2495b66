import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.crops.choice import LUMA, OCTAVES, YAW_DEG, choose, features

FAR = [n << 20 | n * 0x9E3779B97F4A7C15 & 0xFFFFFFFF for n in range(64)]


def taken(rules):
    return [n for n, rule in enumerate(rules) if rule is None]


def test_worked_example():
    """Five on a line: the sharpest at 1, then the farthest from it at 10, then 5.5, between the two.

    The one at 9 is blurred: 8 times 0.25 is less than 9 times 0.5.
    """
    points = np.array([[0.0], [1.0], [5.5], [10.0], [9.0]])
    sharp, ids = [0.5, 1.0, 0.5, 0.5, 0.25], list("abcde")
    for count, who in ((1, [1]), (2, [1, 3]), (3, [1, 2, 3]), (5, [0, 1, 2, 3, 4])):
        rules = choose(ids, points, sharp, [0] * 5, min_distance=0, max_count=count)
        assert taken(rules) == who
        assert {rule for rule in rules if rule} <= {"max_per_track"}


def test_what_looks_like_one_that_was_taken_is_left_out():
    rules = choose(list("abc"), np.array([[0.0], [9.0], [3.0]]), [3, 2, 1], [0b0, 0b1, 0b1111], 3, 2)
    assert rules == [None, "near_duplicate", None]


def test_without_points_the_sharpest_are_taken():
    rules = choose(list("abc"), np.empty((3, 0)), [1.0, 3.0, 2.0], [0] * 3, min_distance=0, max_count=2)
    assert taken(rules) == [1, 2]


def test_distances_of_features():
    vectors = np.eye(3, dtype=np.float32)[[0, 1, 0, 0, 0]]
    rows = features(vectors, [0, 0, YAW_DEG, None, 0], [0.2, 0.2, 0.2, 0.2 + LUMA, 0.2], [0.1] * 4 + [0.1 * 2**OCTAVES])
    assert np.linalg.norm(rows[0] - rows[1:], axis=1) == pytest.approx([1, 1, 1, 1])


def test_no_known_turn_is_no_difference():
    rows = features(np.eye(2, dtype=np.float32)[[0, 0]], [None, None], [0.5, 0.5], [0.1, 0.1])
    assert (rows[0] == rows[1]).all()


crops = st.lists(
    st.tuples(st.floats(0, 1, width=32), st.integers(0, 2**64 - 1), st.floats(-1, 1), st.floats(-1, 1)),
    min_size=1,
    max_size=12,
)


def chosen(crops, count, min_distance, order=None):
    order = list(range(len(crops))) if order is None else order
    rows = [crops[n] for n in order]
    points = np.array([row[2:] for row in rows])
    rules = choose(
        [f"c{n:02d}" for n in order], points, [r[0] for r in rows], [r[1] for r in rows], min_distance, count
    )
    return {f"c{n:02d}": rule for n, rule in zip(order, rules, strict=True)}


@given(crops, st.integers(0, 32), st.integers(1, 5), st.randoms())
def test_order_does_not_matter(crops, min_distance, count, random):
    order = list(range(len(crops)))
    random.shuffle(order)
    assert chosen(crops, count, min_distance, order) == chosen(crops, count, min_distance)


@given(crops, st.integers(0, 32), st.integers(1, 5))
def test_more_places_take_nothing_away(crops, min_distance, count):
    few, more = (chosen(crops, n, min_distance) for n in (count, count + 1))
    assert {n for n, rule in few.items() if rule is None} <= {n for n, rule in more.items() if rule is None}


@given(crops, st.integers(0, 32), st.integers(1, 5))
def test_no_more_than_asked_all_apart_and_the_sharpest_among_them(crops, min_distance, count):
    rules = list(chosen(crops, count, min_distance).values())
    who = taken(rules)
    assert 1 <= len(who) <= count
    assert max(crop[0] for crop in crops) in {crops[n][0] for n in who}
    assert all((crops[a][1] ^ crops[b][1]).bit_count() >= min_distance for a in who for b in who if a != b)
    if len(who) < min(count, len(crops)):
        assert all(rule == "near_duplicate" for rule in rules if rule)
