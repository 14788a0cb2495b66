import numpy as np
import pytest
from crowd import person
from hypothesis import given
from hypothesis import strategies as st

from dramatis.crops.rules import company, faces_in, size_rule

CROP = np.array([0, 0, 100, 100])


def test_others_stand_left_to_right_and_only_if_half_of_the_face_is_in():
    me = person("me", 40)
    people = [person("dora", 60), me, person("bela", 10), person("far", 91), person("nobody", 30, character=None)]
    found = company(CROP, me, people, paint=False)
    assert (found.others, found.left, found.people, found.masked) == (["bela", "dora"], 1, 4, [])
    assert [one.figure_id for one in faces_in(CROP, people)] == ["bela", "nobody", "me", "dora"]


def test_nobody_is_named_twice():
    me = person("me", 0, character="ada")
    people = [
        me,
        person("a", 20, character="bela"),
        person("b", 40, character="bela"),
        person("c", 60, character="ada"),
    ]
    assert company(CROP, me, people, paint=False).others == ["bela"]


def test_who_is_painted_over_is_not_seen():
    me, beside, back, sliver = person("me", 40), person("bela", 70), person("back", 10, face=False), person("far", 104)
    found = company(CROP, me, [me, beside, back, sliver], paint=True)
    assert (found.others, found.people, found.touching) == ([], 1, 2)
    assert [one.figure_id for one in found.masked] == ["bela", "back"]  # a sliver of a head tells nobody


def test_a_face_entwined_with_the_own_stays_and_is_named():
    me, near = person("me", 40), person("bela", 50)
    found = company(CROP, me, [me, near], paint=True)
    assert (found.others, found.people, found.masked, found.touching) == (["bela"], 2, [], 1)


def test_size_rules():
    assert size_rule(np.array([0, 0, 20, 90]), min_side_px=32, min_root_area_px=40) == "min_side_px"
    assert size_rule(np.array([0, 0, 33, 33]), min_side_px=32, min_root_area_px=40) == "min_root_area_px"
    assert size_rule(np.array([0, 0, 40, 40]), min_side_px=32, min_root_area_px=40) is None


@given(st.lists(st.tuples(st.floats(-30, 120), st.booleans(), st.booleans()), min_size=1, max_size=6), st.booleans())
def test_everybody_is_counted_once_and_left_is_among_the_others(places, paint):
    people = [
        person(f"p{n}", x, face=face or n == 0, character="same" if named else None)
        for n, (x, face, named) in enumerate(places)
    ]
    found = company(CROP, people[0], people, paint)
    assert 0 <= found.left <= len(found.others) <= found.people
    assert people[0] not in found.masked
    assert {one.character for one in found.masked}.isdisjoint(found.others) or not paint
    if not paint:
        assert found.masked == []
        assert found.people == len(faces_in(CROP, people))


@pytest.mark.parametrize("paint", [False, True])
def test_one_alone_has_no_company(paint):
    me = person("me")
    found = company(CROP, me, [me], paint)
    assert (found.others, found.left, found.people, found.masked, found.touching) == ([], 0, 1, [], 0)
