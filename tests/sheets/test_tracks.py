from hypothesis import given
from hypothesis import strategies as st

from dramatis.sheets.tracks import Limits, Track, by_outfit, doubts, tracks

LIMITS = Limits(margin=0.02, floor=0.2)


def face(track="t1", **changes):
    row = {
        "track_id": track,
        "character": "ada",
        "cluster_id": "c1",
        "origin": "reference",
        "margin": 0.3,
        "nearness": 0.9,
        "rejected_by": None,
        "score": 0.5,
        "outfit_id": "o1",
        "outfit_name": None,
    }
    return row | changes


def test_a_face_that_passed_is_shown_before_a_better_one_that_did_not():
    track = Track([face(score=0.9, rejected_by="blur"), face(score=0.2), face(score=0.4)])
    assert track.best["score"] == 0.4


def test_each_reason_by_itself():
    assert doubts(Track([face()]), LIMITS) == []
    assert doubts(Track([face(margin=0.03), face(margin=0.01)]), LIMITS) == ["another name is near"]
    assert doubts(Track([face(nearness=0.5)]), LIMITS) == ["far from the rest"]
    assert doubts(Track([face(cluster_id=None, nearness=None)]), LIMITS) == ["in no cluster"]
    assert doubts(Track([face(rejected_by="blur"), face(rejected_by="blur")]), LIMITS) == ["quality: blur"]
    assert doubts(Track([face(rejected_by="blur"), face()]), LIMITS) == []


def test_who_has_no_second_name_or_cluster_is_not_doubted_for_it():
    assert doubts(Track([face(margin=None, nearness=None)]), LIMITS) == []


def test_what_a_person_said_is_not_doubtful_but_a_bad_picture_stays_bad():
    said = face(origin="decision", margin=-0.5, nearness=0.1, rejected_by="luma")
    assert doubts(Track([said]), LIMITS) == ["quality: luma"]


def test_a_track_of_two_people_is_in_both():
    found = tracks([face(character="ada"), face(character="bela"), face("t2", character="ada")], "character")
    assert {name: len(own) for name, own in found.items()} == {"ada": 2, "bela": 1}


def test_the_most_worn_outfit_comes_first_and_none_last():
    own = [Track([face(outfit_id=outfit)]) for outfit in (None, None, None, "o1", "o2", "o2")]
    assert [(outfit, len(worn)) for outfit, _, worn in by_outfit(own)] == [("o2", 2), ("o1", 1), (None, 3)]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["ada", "bela", None]))))
def test_no_face_is_lost(pairs):
    faces = [face(track, character=name) for track, name in pairs]
    found = tracks(faces, "character")
    assert sorted(map(id, (one for own in found.values() for track in own for one in track.faces))) == sorted(
        map(id, faces)
    )
