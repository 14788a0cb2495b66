import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.cast.decisions import Decisions
from dramatis.cast.verdicts import Verdict, verdicts
from dramatis.core.moments import Moment, moment_of, parse, track_at
from dramatis.core.params import validate
from dramatis.core.tables import stored_box

WIDTH, HEIGHT, SHOT_S, SHOTS = 480, 270, 4.0, 3
SPANS = [(SHOT_S * n, SHOT_S * (n + 1)) for n in range(SHOTS)]


def face(time_s, x=100, y=100, track="v-0000-000", side=40, video="v"):
    box = stored_box((x - side / 2, y - side / 2, x + side / 2, y + side / 2))
    return {
        "video": video, "track_id": track, "pts_s": time_s, "box": box, "width_px": WIDTH, "height_px": HEIGHT,
    }  # fmt: skip


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


def decisions(**sections):
    return validate(sections, Decisions, "cast.yaml")


def test_verdicts_follow_merges_and_the_nearest_in_time():
    faces = [face(t, track=track) for track, times in (("a", (0.5, 1.0, 3.0)), ("b", (5.0,))) for t in times]
    moments = [str(moment_of(each)) for each in faces]
    decided = decisions(pins={moments[0]: "ada", moments[2]: "bela"}, reject=[moments[3]], merge={"bela": "zoe"})
    said = [Verdict("pins", "ada"), Verdict("pins", "ada"), Verdict("pins", "zoe"), Verdict("reject")]
    assert verdicts(decided, faces, {"v": SPANS}) == (said, [])
    assert verdicts(decisions(), faces, {"v": SPANS}) == ([None] * 4, [])


def test_a_decision_that_another_leaves_no_face_is_told():
    faces = [face(t) for t in (0.5, 1.0)]
    near, far = "v@0.900:0.208,0.370", "v@2.000:0.208,0.370"
    said, missed = verdicts(decisions(pins={near: "ada", far: "bela"}), faces, {"v": SPANS})
    assert said == [Verdict("pins", "ada")] * 2
    assert [(each.section, each.key) for each in missed] == [("pins", far)] and near in missed[0].reason
    assert verdicts(decisions(pins={near: "ada", far: "ada"}), faces, {"v": SPANS})[1] == []


@st.composite
def films(draw):
    """People who walk slowly through shots, well apart, and which of them somebody has decided about, when."""
    people = []
    for shot in range(SHOTS):
        for slot in range(draw(st.integers(1, 3))):
            start = np.array([80 + 150 * slot, draw(st.integers(60, 200))])
            speed = np.array([draw(st.integers(-6, 6)), draw(st.integers(-6, 6))])
            people.append((shot, slot, start, speed))
    said = draw(st.lists(st.tuples(st.integers(0, len(people) - 1), st.floats(0.1, 3.9)), max_size=8))
    return people, dict(said)


def seen(people, fps, offset, prefix):
    """Detections at a rate, boxes a pixel or so off, tracks numbered backwards if the prefix is b."""
    order = people if prefix == "a" else people[::-1]
    rows, who = [], []
    for number, (shot, slot, start, speed) in enumerate(order):
        for t in np.arange(offset, SHOT_S, 1 / fps):
            x, y = start + speed * t + (number % 3 - 1)
            rows.append(face(SHOT_S * shot + t, int(x), int(y), f"{prefix}-{number:03d}", side=38 + number % 4))
            who.append((shot, slot))
    return rows, who


@given(films(), st.sampled_from([1, 2, 4, 12]), st.sampled_from([0.05, 0.2, 0.45]))
def test_decisions_survive_other_frames_boxes_and_track_numbers(film, fps, offset):
    people, said = film
    pins = {}
    for index, t in said.items():
        shot, slot, start, speed = people[index]
        x, y = start + speed * t
        pins[str(moment_of(face(SHOT_S * shot + t, int(x), int(y))))] = f"p{shot}{slot}"
    decided = decisions(pins=pins)
    expected = set(pins.values())
    for rows, who in (seen(people, 4, 0.0, "a"), seen(people, fps, offset, "b")):
        found, missed = verdicts(decided, rows, {"v": SPANS})
        assert missed == []
        for name, (shot, slot) in zip(found, who, strict=True):
            person = f"p{shot}{slot}"
            assert name == (Verdict("pins", person) if person in expected else None)
