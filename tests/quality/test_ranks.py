import pytest

from dramatis.quality.ranks import score, track_ranks

GOOD = {"sharpness": 0.8, "truncation": 0.0, "occlusion": 0.0, "clipped": 0.0, "yaw": None}


def test_score_by_hand():
    assert score(GOOD) == 0.8
    assert score({**GOOD, "occlusion": 0.5}) == pytest.approx(0.4)
    assert score({**GOOD, "yaw": -90.0}) == score({**GOOD, "yaw": 90.0}) == pytest.approx(0.4)


@pytest.mark.parametrize("change", [{"sharpness": 0.7}, {"truncation": 0.1}, {"clipped": 0.1}, {"yaw": 20.0}])
def test_whatever_is_wrong_lowers_the_score(change):
    assert score({**GOOD, **change}) < score(GOOD)


def face(name, track, score, rejected_by=None):
    return {"detection_id": name, "track_id": track, "score": score, "rejected_by": rejected_by}


def test_ranks_of_each_track():
    faces = [
        face("a", "t", 0.2),
        face("b", "t", 0.9, "blur"),
        face("c", "t", 0.7),
        face("d", "u", 0.1),
        face("e", "t", 0.7),
    ]
    assert track_ranks(faces) == {"c": 1, "e": 2, "a": 3, "b": 4, "d": 1}  # equal scores by id, rejected ones last
    assert track_ranks([]) == {}
