import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dramatis.backends.detect import Detection
from dramatis.detect.figures import figures, head_box
from dramatis.detect.schema import KINDS


def found(kind, *box):
    return Detection(kind, np.array(box, float), 0.9, None)


def kinds(people):
    return [sorted(person) for person in people]


def person(x, face=True):
    """Somebody 60 px wide and 150 px high."""
    head, body = found("head", x + 18, 0, x + 42, 30), found("halfbody", x, 0, x + 60, 80)
    return [found("face", x + 22, 10, x + 38, 28)] * face + [head, body, found("person", x, 0, x + 60, 150)]


def test_the_boxes_of_one_person_are_one_figure():
    assert kinds(figures(person(10), 0.6)) == [sorted(KINDS)]


def test_a_head_without_a_face_is_seen_from_behind():
    assert kinds(figures(person(10, face=False), 0.6)) == [["halfbody", "head", "person"]]


def test_a_face_alone_is_a_figure():
    [alone] = figures([found("face", 10, 10, 30, 40)], 0.6)
    assert kinds([alone]) == [["face"]] and head_box(alone).tolist() == [-5.5, -0.5, 45.5, 50.5]


def test_a_face_without_a_head_goes_to_the_body():
    boxes = [found("face", 32, 10, 48, 28), found("halfbody", 10, 0, 70, 80)]
    assert kinds(figures(boxes, 0.6)) == [["face", "halfbody"]]


def test_two_people_side_by_side_are_told_apart_though_their_boxes_overlap():
    people = figures(person(40) + person(10), 0.6)
    assert kinds(people) == [sorted(KINDS)] * 2
    for figure, x in zip(people, (10, 40), strict=True):
        assert [figure[kind].box[0] for kind in KINDS] == [x + 22, x + 18, x, x]


def test_somebody_in_front_does_not_take_the_head_behind():
    # a child in front of a grown-up: the child's boxes lie wholly in those of the grown-up
    child = [found("head", 50, 80, 70, 102), found("person", 45, 80, 75, 200)]
    grown = [found("head", 40, 0, 70, 35), found("person", 20, 0, 100, 210)]
    people = figures(child + grown, 0.6)
    assert sorted((each["head"].box[1], each["person"].box[1]) for each in people) == [(0, 0), (80, 80)]


def test_a_body_without_a_head_is_a_figure_with_the_head_on_top():
    [body] = figures([found("person", 0, 0, 60, 100)], 0.6)
    assert head_box(body).tolist() == [21, 0, 39, 18]


corner, side = st.integers(0, 100), st.integers(1, 80)
anything = st.lists(st.tuples(st.sampled_from(KINDS), corner, corner, side, side), max_size=12)


@given(anything, st.floats(0, 1))
def test_every_box_is_in_exactly_one_figure(drawn, min_cover):
    boxes = [found(kind, x, y, x + w, y + h) for kind, x, y, w, h in drawn]
    people = figures(boxes, min_cover)
    assert sorted(map(id, boxes)) == sorted(id(each) for figure in people for each in figure.values())
    assert all(each.kind == kind for figure in people for kind, each in figure.items())
    assert [tuple(head_box(each)) for each in people] == sorted(tuple(head_box(each)) for each in people)
