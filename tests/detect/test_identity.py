"""Pieces of tracks parted and joined by identity: people are directions in a plane of identity vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.detect.identity import Piece, asked, joined, numbered, parted, pieces_of, spread
from dramatis.detect.params import IdentityParams

RULES = IdentityParams(samples=4, max_difference=0.75, max_absent_s=3.0, min_margin=0.1, split=1.5)
THRESHOLD = 0.1
"""A difference (1 - cosine) / 2 of 0.1 is an angle of 37 degrees."""
TIMES = [n / 4 for n in range(40)]


def vector(degrees):
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], np.float32)


def piece(frames, index=0):
    places = tuple((frame, index) for frame in frames)
    return Piece(places, places)


def vectors(*pieces_and_degrees):
    """The same direction for all faces of a piece, or one for each."""
    return {
        place: vector(degrees if np.isscalar(degrees) else degrees[n])
        for each, degrees in pieces_and_degrees
        for n, place in enumerate(each.seen)
    }


def places(pieces):
    return [each.places for each in pieces]


def test_numbers_become_pieces_and_back():
    numbers = [[0], [0, 1], [], [2, 1]]
    assert pieces_of(numbers) == [((0, 0), (1, 0)), ((1, 1), (3, 1)), ((3, 0),)]
    assert numbered(pieces_of(numbers), [1, 2, 0, 2]) == numbers
    assert numbered([((3, 0),), ((0, 0), (1, 0)), ((1, 1), (3, 1))], [1, 2, 0, 2]) == numbers


def test_samples_are_spread_from_first_to_last():
    row = [(n, 0) for n in range(10)]
    assert [frame for frame, _ in spread(row, 4)] == [0, 3, 6, 9]
    assert spread(row[:3], 4) == row[:3] and [frame for frame, _ in spread(row, 2)] == [0, 9]


def test_only_faces_that_matter_are_asked_for():
    alone = asked([[0]] * 3, [[True]] * 3, 4)
    assert alone == [Piece(((0, 0), (1, 0), (2, 0)), ())]  # too short to be parted, nobody to join
    long = asked([[0]] * 9, [[True]] * 9, 4)
    assert [frame for frame, _ in long[0].seen] == [0, 3, 5, 8]
    two = asked([[0], [1], [1], [2]], [[True], [True], [False], [False]], 4)
    assert [each.seen for each in two] == [((0, 0),), ((1, 0),), ()]


def test_somebody_is_taken_up_again_after_a_gap():
    before, after = piece(range(4)), piece(range(10, 14))
    found = joined([before, after], vectors((before, 0), (after, 20)), TIMES, RULES, THRESHOLD)
    assert places(found) == [before.places + after.places]


def test_somebody_else_is_not():
    before, after = piece(range(4)), piece(range(10, 14))
    found = joined([before, after], vectors((before, 0), (after, 40)), TIMES, RULES, THRESHOLD)
    assert places(found) == [before.places, after.places]


def test_the_gap_may_not_be_too_long():
    before, after = piece(range(4)), piece(range(16, 20))  # 13 quarters of a second
    assert len(joined([before, after], vectors((before, 0), (after, 0)), TIMES, RULES, THRESHOLD)) == 2
    between = piece(range(8, 10))
    known = vectors((before, 0), (after, 0), (between, 0))
    assert len(joined([before, after, between], known, TIMES, RULES, THRESHOLD)) == 1


def test_two_in_one_frame_are_two():
    one, other = piece(range(4)), piece(range(3, 7), index=1)
    assert len(joined([one, other], vectors((one, 0), (other, 0)), TIMES, RULES, THRESHOLD)) == 2


def test_doubt_joins_nobody():
    before, left, right = piece(range(4)), piece(range(6, 9)), piece(range(6, 9), index=1)
    pieces = [before, left, right]
    twins = vectors((before, 0), (left, 5), (right, 6))
    assert len(joined(pieces, twins, TIMES, RULES, THRESHOLD)) == 3
    look_alikes = vectors((before, 0), (left, 5), (right, 25))
    assert places(joined(pieces, look_alikes, TIMES, RULES, THRESHOLD)) == [before.places + left.places, right.places]


def test_two_who_cross_find_their_old_selves():
    a, b = piece(range(4)), piece(range(4), index=1)
    c, d = piece(range(8, 12)), piece(range(8, 12), index=1)
    known = vectors((a, 0), (b, 50), (c, 48), (d, 3))
    assert places(joined([a, b, c, d], known, TIMES, RULES, THRESHOLD)) == [
        (*a.places, *d.places),
        (*b.places, *c.places),
    ]


def test_pieces_without_a_known_face_stay():
    face, back = piece(range(4)), Piece(((6, 0), (7, 0)), ())
    assert joined([face, back], vectors((face, 0)), TIMES, RULES, THRESHOLD) == [face, back]


def test_a_track_that_passed_to_somebody_else_is_parted_at_its_dearest_link():
    track = Piece(tuple((n, 0) for n in range(9)), ((0, 0), (2, 0), (6, 0), (8, 0)))
    known = vectors((track, (0, 10, 90, 95)))
    costs = {(3, 0): 0.3, (4, 0): 0.2, (5, 0): 0.9, (6, 0): 0.1, (7, 0): 1.0}
    found = parted(track, known, lambda before, after: costs.get(after, 0.0), RULES.split, THRESHOLD)
    assert places(found) == [track.places[:5], track.places[5:]]
    assert [each.seen for each in found] == [track.seen[:2], track.seen[2:]]


def test_one_odd_face_parts_nothing():
    track = piece(range(4))
    assert parted(track, vectors((track, (0, 0, 5, 90))), lambda *_: 0.0, RULES.split, THRESHOLD) == [track]
    assert parted(track, vectors((track, (0, 10, 20, 30))), lambda *_: 0.0, RULES.split, THRESHOLD) == [track]


def test_three_people_in_one_track():
    track = piece(range(6))
    known = vectors((track, (0, 0, 90, 90, 180, 180)))
    assert [len(each.places) for each in parted(track, known, lambda *_: 0.0, RULES.split, THRESHOLD)] == [2, 2, 2]


crowd = st.lists(
    st.tuples(st.sets(st.integers(0, 39), min_size=1, max_size=6), st.integers(0, 7)), min_size=1, max_size=8
)


@given(crowd)
def test_every_place_stays_in_one_piece_and_people_are_not_mixed(drawn):
    """Each piece is somebody, 45 degrees from the next; whatever is joined is one person, never twice in a frame."""
    pieces = [piece(sorted(frames), index) for index, (frames, _) in enumerate(drawn)]
    who = {each.places[0]: person for each, (_, person) in zip(pieces, drawn, strict=True)}
    known = vectors(*((each, 45 * person) for each, (_, person) in zip(pieces, drawn, strict=True)))
    found = joined(pieces, known, TIMES, RULES, THRESHOLD)
    assert sorted(place for each in found for place in each.places) == sorted(p for each in pieces for p in each.places)
    for each in found:
        assert len(each.frames) == len(each.places)
        assert len({who[place] for place in each.places if place in who}) == 1
    assert joined(found, known, TIMES, RULES, THRESHOLD) == found


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_the_order_of_the_pieces_changes_nothing(order):
    a, b, c = piece(range(3)), piece(range(5, 8)), piece(range(10, 13))
    known = vectors((a, 0), (b, 20), (c, 30))
    pieces = [(a, b, c)[n] for n in order]
    assert places(joined(pieces, known, TIMES, RULES, THRESHOLD)) == [a.places + b.places + c.places]
