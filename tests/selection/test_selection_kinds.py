import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.selection.kinds import DISTANCES, LIGHTS, TURNS, distance_of, light_of, turn_of
from dramatis.selection.sizes import BOUNDS, size_class
from dramatis.selection.takes import takes

ADULT = {"close": 0.33, "full": 0.16}


@pytest.mark.parametrize(
    ("stage", "face_share", "cut_off", "distance"),
    [
        ("head", 0.43, False, "close"),
        ("head", 0.2, False, "close"),  # a lot of hair is no longer shot
        ("upper", 0.19, False, "medium"),
        ("upper", 0.4, True, "close"),  # the frame shows little more than the head
        ("full", 0.09, False, "full"),
        ("full", 0.09, True, "medium"),  # the frame ends at the knees
        ("full", 0.2, False, "medium"),  # behind a table
        ("full", 0.4, False, "close"),
    ],
)
def test_distances_of_adults(stage, face_share, cut_off, distance):
    assert distance_of(stage, face_share, cut_off, **ADULT) == distance


@given(st.sampled_from(["full", "upper", "head"]), st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_a_larger_face_is_never_farther(stage, a, b, cut_off):
    far, near = (DISTANCES.index(distance_of(stage, share, cut_off, **ADULT)) for share in sorted((a, b)))
    assert near <= far


def test_turns_either_way():
    assert [turn_of(yaw, (20, 60)) for yaw in (None, 0, 20, -21, 59, -60, 90)] == [
        "unsure", "front", "front", "three_quarter", "three_quarter", "profile", "profile",
    ]  # fmt: skip
    assert {turn_of(yaw, (20, 60)) for yaw in (None, 0, 40, 80)} == set(TURNS)


def test_lights():
    assert [light_of(luma, (0.3, 0.6)) for luma in (0.1, 0.3, 0.6, 0.7)] == ["dark", "normal", "normal", "bright"]
    assert {light_of(luma, (0.3, 0.6)) for luma in (0, 0.5, 1)} == set(LIGHTS)


def test_size_classes():
    bounds = [0, 1, 5, 6, 20, 21, 60, 61, 150, 151, 350, 351]
    names = [None, *(name for name in (*BOUNDS, "massive") for _ in range(2))][:-1]
    assert [size_class(count) for count in bounds] == names


def test_shots_that_share_a_frame_are_one_take():
    shot_of = {"a-1": ("a", 0), "a-9": ("a", 1), "b-1": ("b", 0), "b-2": ("b", 4), "c-1": ("c", 7)}
    first = takes(shot_of, {"b-1": "a-1", "c-1": "a-1", "b-2": "x-1", "y-1": "a-9"})
    assert first == {("a", 0): ("a", 0), ("a", 1): ("a", 1), ("b", 0): ("a", 0), ("b", 4): ("b", 4), ("c", 7): ("a", 0)}


shots = st.tuples(st.sampled_from("abc"), st.integers(0, 5))
frames = st.dictionaries(st.text("012", min_size=1, max_size=3), shots, min_size=1)


@given(frames, st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=15))
def test_a_take_is_named_by_its_first_shot_whatever_the_order(shot_of, links):
    names = sorted(shot_of)
    pairs = [(names[a % len(names)], names[b % len(names)]) for a, b in links]
    first = takes(shot_of, dict(pairs))
    assert first == takes(shot_of, dict(reversed(list(dict(pairs).items()))))
    for shot, take in first.items():
        assert first[take] == take <= shot
    for copy, original in dict(pairs).items():
        assert first[shot_of[copy]] == first[shot_of[original]]
