import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.detect.params import TrackParams
from dramatis.detect.tracks import Sighting, link, motion

RULES = TrackParams(max_motion=0.7, max_appearance=0.5, min_margin=0.1, max_gap=2)
LOOKS = np.eye(8, dtype=np.float32)


def seen(x, look=0, side=40, y=50):
    return Sighting(np.array([x, y, x + side, y + side], float), LOOKS[look])


def test_motion_by_hand():
    box = np.array([[0, 0, 10, 10]])
    others = np.array([[0, 0, 10, 10], [10, 0, 20, 10], [5, 0, 15, 10], [20, 0, 30, 10]])
    # same; touching; a third in common and no empty hull; union 20 in a hull of 30
    assert motion(box, others)[0].tolist() == pytest.approx([0, 0.5, (1 - 1 / 3) / 2, (1 + 1 / 3) / 2])


def test_two_people_keep_their_numbers():
    frames = [[seen(0, 0), seen(100, 1)], [seen(8, 0), seen(92, 1)], [seen(16, 0), seen(84, 1)]]
    assert link(frames, RULES) == [[0, 1], [0, 1], [0, 1]]


def test_people_who_cross_keep_their_looks():
    # they stand in one another's old place in the next frame
    assert link([[seen(0, 0), seen(45, 1)], [seen(0, 1), seen(45, 0)]], RULES) == [[0, 1], [1, 0]]


def test_somebody_else_in_the_same_place_is_a_new_track():
    assert link([[seen(0, 0)], [seen(0, 1)]], RULES) == [[0], [1]]


def test_a_short_gap_is_bridged_and_a_long_one_is_not():
    gap = [[seen(0)], [], [], [seen(2)]]
    assert link(gap, RULES) == [[0], [], [], [0]]
    assert link([[seen(0)], [], [], [], [seen(2)]], RULES) == [[0], [], [], [], [1]]
    assert link(gap, RULES.model_copy(update={"max_gap": 0})) == [[0], [], [], [1]]


def test_far_is_allowed_to_those_who_keep_moving():
    # steps of 1.4 sides: touching, no overlap; from a standstill that is far, on its way it is expected
    steady = [[seen(56 * n)] for n in range(4)]
    assert link(steady, RULES.model_copy(update={"max_motion": 0.6})) == [[0]] * 4
    sudden = [[seen(0)], [seen(0)], [seen(130)]]
    assert link(sudden, RULES) == [[0], [0], [1]]


def test_the_way_goes_on_through_a_gap():
    frames = [[seen(0)], [seen(40)], [], [seen(120)]]
    assert link(frames, RULES.model_copy(update={"max_motion": 0.55})) == [[0], [0], [], [0]]


def test_doubt_ends_a_track():
    # two look-alikes left and right of the old place: either could be it
    assert link([[seen(50)], [seen(30), seen(70)]], RULES) == [[0], [1, 2]]
    assert link([[seen(50)], [seen(52), seen(92)]], RULES) == [[0], [0, 1]]
    # and the track in doubt is over, so the next frame is clear again
    assert link([[seen(50)], [seen(30), seen(70)], [seen(30), seen(70)]], RULES)[2] == [1, 2]


def test_look_alikes_who_stand_apart_are_kept_apart():
    frames = [[seen(10 + n), seen(120 - n)] for n in range(6)]
    assert link(frames, RULES) == [[0, 1]] * 6


figure = st.tuples(st.integers(0, 200), st.integers(0, 200), st.integers(10, 80), st.integers(0, 7))
shots = st.lists(st.lists(figure, max_size=5), max_size=8)


@given(shots)
def test_a_number_is_given_once_a_frame_and_numbers_count_up(drawn):
    frames = [[seen(x, look, side, y) for x, y, side, look in frame] for frame in drawn]
    numbers = link(frames, RULES)
    assert [len(row) for row in numbers] == [len(frame) for frame in frames]
    assert all(len(set(row)) == len(row) for row in numbers)
    first = list(dict.fromkeys(number for row in numbers for number in row))
    assert first == list(range(len(first)))


@given(shots)
def test_different_looks_are_never_joined(drawn):
    frames = [[seen(x, look, side, y) for x, y, side, look in frame] for frame in drawn]
    looks = {}
    for frame, row in zip(frames, link(frames, RULES), strict=True):
        for sighting, number in zip(frame, row, strict=True):
            assert looks.setdefault(number, sighting.appearance.argmax()) == sighting.appearance.argmax()
