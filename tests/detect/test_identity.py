"""Pieces of tracks parted and joined by identity: people are directions in a plane of identity vectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.detect.identity import Piece, asked, joined, numbered, parted, pieces_of, spread
from dramatis.detect.params import IdentityParams

RULES = IdentityParams(samples=4, max_difference=0.75, max_absent_s=3.0, min_margin=0.1, check=0.45, split=1.0)
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


def ask(numbers, faces, costs=None):
    found = asked(numbers, faces, TIMES, lambda _, after: (costs or {}).get(after, 0.1), RULES)
    return [[frame for frame, _ in each.seen] for each in found]


def test_a_track_that_runs_evenly_is_not_looked_at():
    assert ask([[0]] * 9, [[True]] * 9) == [[]]
    assert ask([[0, 1]] * 9, [[True, True]] * 9) == [[], []]  # two who are there all the time are two


def test_pieces_that_may_be_one_person_are_looked_at():
    gap = [[0]] * 6 + [[]] * 4 + [[1]] * 2
    assert ask(gap, [[True]] * 6 + [[]] * 4 + [[True]] * 2) == [[0, 2, 3, 5], [10, 11]]
    assert ask(gap, [[True]] * 6 + [[]] * 4 + [[False]] * 2) == [[], []]  # a back tells nothing
    assert ask([[0]] + [[]] * 13 + [[1]], [[True]] + [[]] * 13 + [[True]]) == [[], []]  # too long ago


def test_dear_links_are_looked_at_on_both_sides():
    assert ask([[0]] * 20, [[True]] * 20, {(10, 0): 0.5}) == [[0, 6, 8, 9, 10, 11, 13, 19]]
    assert ask([[0]] * 20, [[True]] * 20, {(10, 0): 0.4}) == [[]]


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


def followed(degrees, dear):
    """A track of faces, and its vectors; `dear` are the frames to which a dear link leads."""
    track = piece(range(len(degrees)))
    return Piece(track.places, track.seen, tuple((n, 0) for n in dear)), vectors((track, degrees))


def lengths(degrees, dear, split=RULES.split):
    track, known = followed(degrees, dear)
    found = parted(track, known, split, THRESHOLD)
    assert [place for each in found for place in each.places] == list(track.places)
    assert all(set(each.seen) <= set(each.places) and set(each.dear) <= set(each.places) for each in found)
    return [len(each.places) for each in found]


def test_a_track_that_passed_to_somebody_else_is_parted_there():
    assert lengths((0, 10, 5, 80, 90, 85), dear=[3]) == [3, 3]
    assert lengths((0, 10, 5, 80, 90, 85), dear=[]) == [6]  # only dear links are looked at
    assert lengths((0, 10, 5, 80, 90, 85), dear=[3], split=6) == [6]


def test_a_dear_link_of_one_person_is_kept():
    assert lengths((0, 10, 5, 25, 30, 35), dear=[3]) == [6]
    # a head that turns: the means differ, but the faces next to the link do not
    assert lengths((0, 0, 30, 60, 90, 90), dear=[3]) == [6]


def test_one_odd_face_parts_nothing():
    assert lengths((0, 0, 0, 90, 0, 0), dear=[3, 4]) == [6]


def test_several_people_in_one_track():
    assert lengths((0, 0, 0, 90, 90, 180, 180), dear=[3, 5]) == [3, 2, 2]
    assert lengths((0, 0, 90, 90, 0, 0), dear=[2, 4]) == [2, 2, 2]


def test_parts_of_one_person_find_each_other():
    track, known = followed((0, 0, 90, 90, 0, 0), dear=[2, 4])
    found = joined(parted(track, known, RULES.split, THRESHOLD), known, TIMES, RULES, THRESHOLD)
    assert [[frame for frame, _ in each.places] for each in found] == [[0, 1, 4, 5], [2, 3]]


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
