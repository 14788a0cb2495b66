import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dramatis.crops.rules import Face, choose, faces_in, others_in, size_rule

CROP = np.array([0, 0, 100, 100])


def face(name, x, character="same"):
    return Face(name, np.array([x, 10, x + 20, 30.0]), name if character == "same" else character)


def test_others_stand_left_to_right_and_only_if_half_of_the_face_is_in():
    faces = [face("dora", 60), face("me", 40), face("bela", 10), face("far", 91), face("nobody", 30, None)]
    assert others_in(CROP, "me", "me", faces) == ["bela", "dora"]
    assert [one.figure_id for one in faces_in(CROP, faces)] == ["bela", "nobody", "me", "dora"]


def test_nobody_is_named_twice():
    faces = [face("me", 0, "ada"), face("a", 20, "bela"), face("b", 40, "bela"), face("c", 60, "ada")]
    assert others_in(CROP, "me", "ada", faces) == ["bela"]


def test_size_rules():
    assert size_rule(np.array([0, 0, 20, 90]), min_side_px=32, min_root_area_px=40) == "min_side_px"
    assert size_rule(np.array([0, 0, 33, 33]), min_side_px=32, min_root_area_px=40) == "min_root_area_px"
    assert size_rule(np.array([0, 0, 40, 40]), min_side_px=32, min_root_area_px=40) is None


def test_the_sharpest_and_distinct_stay():
    rules = choose([1.0, 3.0, 2.0, 0.5], [0b0, 0b11111, 0b11110, 0b1111100000], min_distance=3, max_count=2)
    assert rules == [None, None, "near_duplicate", "max_per_track"]


some = st.lists(st.tuples(st.floats(0, 9), st.integers(0, 2**64 - 1)), max_size=12)


@given(some, st.integers(0, 32), st.integers(1, 5))
def test_no_more_than_asked_and_all_apart(crops, min_distance, max_count):
    sharpness, hashes = [crop[0] for crop in crops], [crop[1] for crop in crops]
    taken = [n for n, rule in enumerate(choose(sharpness, hashes, min_distance, max_count)) if rule is None]
    assert len(taken) <= max_count
    assert not crops or sharpness.index(max(sharpness)) in taken
    assert all((hashes[a] ^ hashes[b]).bit_count() >= min_distance for a in taken for b in taken if a != b)
