"""Doubt and neighbours, by examples on the circle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.review.doubt import Place, certainty, doubt, place_tracks, sums
from dramatis.review.neighbours import neighbours

SURE = Place(0.1, 2.0, 1)


def on_circle(*degrees):
    angle = np.radians(degrees)
    return np.stack([np.cos(angle), np.sin(angle)], 1).astype(np.float32)


def difference(degrees):
    return (1 - np.cos(np.radians(degrees))) / 2


def test_sums_by_hand():
    assert sums(np.eye(3, dtype=np.float32), [0, 1, 0], 2).tolist() == [[1, 0, 1], [0, 1, 0]]


def test_tracks_between_two_groups():
    """Group 0 at 0, 0 and 30 degrees, group 1 at 90: the track at 30 is 30 from the rest and 60 from the others."""
    places = place_tracks(on_circle(0, 0, 30, 90), [0, 0, 0, 1], [True, True], threshold=0.1)
    assert places[2].away == pytest.approx(difference(30) / 0.1, rel=1e-4)
    assert places[2].lead == pytest.approx((difference(60) - difference(30)) / 0.1, rel=1e-4)
    assert places[2].next == 1 and places[3] == Place(None, None, 0)
    assert min(places[:3], key=certainty) is places[2]


def test_groups_that_are_no_rivals_do_not_count():
    places = place_tracks(on_circle(0, 5, 10), [0, 0, 1], [True, False], threshold=0.1)
    assert places[0].lead is None and places[0].next is None


def test_a_named_group_of_like_faces_is_beyond_doubt():
    assert doubt(unnamed=False, share=1, width=0.0, tracks=[Place(0.0, 2.0, 1)] * 3, settled=[False] * 3) == (0, [])


def test_causes_in_words():
    tracks = [SURE, Place(0.9, 0.1, 1)]
    found = doubt(unnamed=False, share=0.5, width=0.7, tracks=tracks, settled=[False, False])
    assert found.reasons == ["1 track far from the rest", "faces differ", "close to somebody else"]
    settled = doubt(unnamed=False, share=0.5, width=0.7, tracks=tracks, settled=[True, True])
    assert settled == (0, []), "what a person decided is beyond doubt"


tracks = st.builds(Place, st.none() | st.floats(0, 3), st.none() | st.floats(-2, 2), st.just(1))


@given(st.lists(tracks, min_size=1, max_size=6), st.floats(0, 1), st.floats(0, 1), st.floats(0, 2), st.booleans())
def test_bounds_and_order(found, a, b, width, unnamed):
    settled = [False] * len(found)
    less, more = (
        doubt(unnamed=unnamed, share=share, width=width, tracks=found, settled=settled) for share in sorted((a, b))
    )
    assert 0 <= less.value <= more.value <= 1
    named = doubt(unnamed=False, share=a, width=width, tracks=found, settled=settled)
    without = doubt(unnamed=True, share=a, width=width, tracks=found, settled=settled)
    assert without.value > named.value or named.value == 1


def test_neighbours_are_near_and_never_seen_together():
    """At 0, 20 and 40 degrees; 0 and 20 share a frame, so 40 comes first for 0 although it is further."""
    frames = [{"f1"}, {"f1", "f2"}, {"f3"}]
    found = neighbours(on_circle(0, 20, 40), frames, threshold=0.1, most=2)
    assert [pair.group for pair in found[0]] == [2, 1] and [pair.together for pair in found[0]] == [0, 1]
    assert [pair.group for pair in found[1]] == [2, 0]
    assert found[0][0].away == pytest.approx(difference(40) / 0.1, rel=1e-4)


@given(st.lists(st.floats(0, 360), min_size=1, max_size=8), st.integers(1, 5))
def test_nobody_is_its_own_neighbour(angles, most):
    found = neighbours(on_circle(*angles), [set()] * len(angles), 0.1, most, least=1)
    for n, pairs in enumerate(found):
        assert n not in [pair.group for pair in pairs] and len(pairs) <= most
        assert len(pairs) >= min(1, len(angles) - 1)
