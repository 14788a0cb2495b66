import numpy as np
from clips import pictures
from hypothesis import given
from hypothesis import strategies as st

from dramatis.frames.sampling import Candidate, at_rate, chosen, is_key, sharpest
from dramatis.frames.video import Picture

THUMB = np.full((45, 80), 0.5, np.float32)


def never(_):
    return False


def render(picture):
    return Candidate(picture.index, picture.time_s, 0, float(picture.index % 7), 160, 90, picture.thumb, b"")


def at_times(*times):
    return [Picture(n, time, 0.04, False, THUMB, None) for n, time in enumerate(times)]


def test_rate_takes_the_first_picture_of_each_step():
    assert [p.index for p in chosen(pictures([THUMB] * 24), at_rate(4), never)] == [0, 6, 12, 18]


def test_rate_follows_the_times_of_a_stream_with_a_variable_rate():
    assert [p.index for p in chosen(at_times(1.0, 1.1, 1.7, 1.72, 1.9, 3.0), at_rate(4), never)] == [0, 2, 4, 5]


def test_rate_above_that_of_the_film_takes_every_picture():
    assert len(list(chosen(pictures([THUMB] * 10), at_rate(240), never))) == 10


def test_key_frames_and_the_first_where_there_is_none():
    assert [p.index for p in chosen(pictures([THUMB] * 9, keys=(3, 7)), is_key, never)] == [3, 7]
    assert [p.index for p in chosen(pictures([THUMB] * 9), is_key, never)] == [0]


def test_black_is_passed_over_unless_all_is_black():
    shot = pictures([THUMB] * 12)
    assert [p.index for p in chosen(shot, at_rate(4), lambda p: p.index < 4)] == [4, 10]
    assert [p.index for p in chosen(shot, at_rate(4), lambda _: True)] == [0]


def test_sharpest_of_each_part():
    assert [c.index for c in sharpest(map(render, pictures([THUMB] * 14)), 2)] == [6, 13]


@given(st.integers(1, 2000), st.integers(1, 4))
def test_sharpest_gives_each_part_one_from_all_over_the_shot(length, per_shot):
    found = list(sharpest(map(render, pictures([THUMB] * length)), per_shot))
    numbers = [c.index for c in found]
    assert len(found) == min(per_shot, length) and numbers == sorted(numbers)
    if length >= 16 * per_shot:
        assert all(c.sharpness == 6 for c in found)
        assert numbers[-1] >= length * (per_shot - 1) / per_shot * 0.7
