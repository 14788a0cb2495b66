from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dramatis.frames.distinct import distinct
from dramatis.frames.sampling import Candidate

SAME = np.zeros((45, 80), np.float32)


def candidate(index, phash, sharpness=1.0, level=None):
    thumb = SAME + (index / 10 if level is None else level)
    return Candidate(index, index / 4, phash, sharpness, 160, 90, thumb, b"")


def kept(candidates, max_distance=2):
    return [c.index for c in distinct(candidates, max_distance)]


def test_worked_example():
    shot = [candidate(0, 0b0000), candidate(1, 0b0011), candidate(2, 0b1111), candidate(3, 0b0001)]
    assert kept(shot) == [0, 2]
    assert kept(shot, max_distance=0) == [0, 1, 2, 3]


def test_of_equal_frames_the_clearly_sharper_one_is_kept():
    assert kept([candidate(0, 0, 1.0), candidate(1, 0, 1.05), candidate(2, 0, 2.0), candidate(3, 255, 1)]) == [2, 3]


def test_a_slow_drift_does_not_carry_the_kept_frame_away():
    drift = [candidate(n, (1 << n) - 1, 2.0**n) for n in range(10)]  # one bit more each, and sharper each
    assert kept(drift) == [2, 7]  # at most two bits from the first of each group


def test_frames_that_differ_nowhere_are_one_whatever_noise_makes_of_their_hash():
    assert kept([candidate(0, 0, level=0.5), candidate(1, 2**60 - 1, level=0.51)]) == [0]


def test_a_drawing_that_comes_back_is_kept_once():
    assert kept([candidate(0, 0, level=0), candidate(1, 255, level=0.5), candidate(2, 0, level=0)]) == [0, 1]


def test_no_frames():
    assert kept([]) == []


hashes = st.lists(st.tuples(st.integers(0, 2**16 - 1), st.floats(0.5, 8)), min_size=1, max_size=30)


@given(hashes, st.integers(0, 6))
def test_kept_frames_are_far_apart_in_order_and_stand_for_all(rows, max_distance):
    shot = [candidate(n, phash, sharp) for n, (phash, sharp) in enumerate(rows)]
    left = list(distinct(shot, max_distance))
    assert left and [c.index for c in left] == sorted({c.index for c in left})
    assert all((a.phash ^ b.phash).bit_count() > max_distance for a, b in combinations(left, 2))
    assert all(min((c.phash ^ k.phash).bit_count() for k in left) <= 2 * max_distance for c in shot)
