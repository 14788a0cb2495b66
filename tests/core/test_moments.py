"""Moments: what is read as one, and which track is where it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moments import HEIGHT, SPANS, WIDTH, face

from dramatis.core.moments import Moment, moment_of, parse, track_at


@pytest.mark.parametrize(
    "text", ["", "v", "v-0001-000", "ada/00.png", "v@1:0.5", "V@1:0.5,0.5", "v@1:0.5,1.2", "v@-1:0"]
)
def test_other_texts_are_no_moments(text):
    assert parse(text) is None


@given(st.floats(0, 90_000), st.integers(20, WIDTH - 20), st.integers(20, HEIGHT - 20))
def test_a_moment_is_read_as_it_was_written(time_s, x, y):
    read = parse(str(moment_of(face(time_s, x, y))))
    assert read.video == "v"
    assert read[1:] == pytest.approx((time_s, x / WIDTH, y / HEIGHT), abs=1e-3)


def test_a_face_moves_evenly_between_its_frames_and_rests_before_and_after():
    faces = [face(1.0, x=100), face(2.0, x=300)]
    at = [Moment("v", 1.5, x / WIDTH, 100 / HEIGHT) for x in (100, 200, 300)]
    assert [track_at(moment, faces, SPANS) for moment in at] == [None, "v-0000-000", None]
    assert track_at(Moment("v", 3.9, 300 / WIDTH, 100 / HEIGHT), faces, SPANS) == "v-0000-000"
    assert track_at(Moment("v", 4.1, 300 / WIDTH, 100 / HEIGHT), faces, SPANS) is None  # another shot


def test_a_moment_after_the_end_of_the_video_meets_nothing():
    faces = [face(11.0)]
    at = [track_at(Moment("v", time_s, 100 / WIDTH, 100 / HEIGHT), faces, SPANS) for time_s in (11.9, 12.0, 12.1, 99.0)]
    assert at == ["v-0000-000", "v-0000-000", None, None]


def test_of_two_faces_at_a_place_the_one_nearest_in_time_is_meant():
    faces = [face(0.5, track="a"), face(3.5, track="b")]
    assert [track_at(Moment("v", t, 100 / WIDTH, 100 / HEIGHT), faces, SPANS) for t in (1.0, 3.0)] == ["a", "b"]


def test_the_first_frame_of_a_shot_is_in_it_though_its_time_is_rounded_down():
    start = 4.00049
    faces = [face(1.0, track="a"), face(start, track="b")]
    moment = parse(str(moment_of(faces[1])))
    assert track_at(moment, faces, [(0.0, start), (start, 8.0)]) == "b"
