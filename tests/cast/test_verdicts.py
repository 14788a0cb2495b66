"""Verdicts: which faces follow a decision, whatever frames, boxes and track numbers there are."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from moments import SHOT_S, SHOTS, SPANS, face

from dramatis.cast.decisions import Decisions
from dramatis.cast.verdicts import Verdict, verdicts
from dramatis.core.moments import moment_of
from dramatis.core.params import validate


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
