import numpy as np
from builders import frame_row, quality_row
from crowd import person

from dramatis.crops.params import ScenesParams
from dramatis.crops.scenes import planned

PARAMS = ScenesParams(per_shot=2, nobody_per_shot=1, nobody_per_video=2)


def frame(n, shot=0, phash=None, **changes):
    hashed = np.random.default_rng(n).integers(0, 2**63) if phash is None else phash
    return frame_row(n, shot=shot) | {"phash": f"{hashed:016x}", "flag": None} | changes


def plan(frames, people, quality=None, params=PARAMS, min_distance=4):
    """The rules of frames by number; every face is named by its figure and sharp unless `quality` says otherwise."""
    ids = [row["frame_id"] for row in frames]
    here = {ids[n]: who for n, who in people.items()}
    judged = {
        one.detection_id: quality_row({"detection_id": one.detection_id}, *(quality or {}).get(one.figure_id, ()))
        for who in here.values()
        for one in who
        if one.detection_id
    }
    return list(planned(params, frames, here, judged, min_distance).values())


def test_most_names_then_the_best_faces_then_what_looks_otherwise():
    frames = [frame(0, phash=0), frame(1, phash=0b11111), frame(2, phash=2**40 - 1), frame(3, phash=0b1)]
    people = {n: [person(f"f{n}", character="ada")] for n in range(4)}
    people[3] = [*people[3], person("g3", 90, character="bela")]
    assert plan(frames, people) == ["near_duplicate", "per_shot", None, None]


def test_flags_blurred_faces_and_backs():
    frames = [frame(0, flag="text"), frame(1, flag="dissolve"), frame(2), frame(3), frame(4, shot=1), frame(5, shot=2)]
    people = {
        2: [person("a2", character="ada"), person("b2", 90, character="bela")],
        3: [person("a3", character="ada")],
        5: [person("x5", character=None)],
    }
    rules = plan(frames, people, {"b2": (0.1, "blur"), "a3": (0.1, "blur"), "x5": (0.1, "luma")})
    assert rules == ["flag:text", "flag:dissolve", None, "quality", None, "quality"]


def test_nobody_in_a_shot_with_names_may_be_one_of_them_from_behind():
    assert plan([frame(0), frame(1)], {0: [person("a", character="ada")]}) == [None, "named_in_shot"]


def test_frames_of_nobody_are_spread_over_the_video():
    frames = [frame(n, shot=n // 2, sharpness=float(n % 2)) for n in range(10)]
    rules = plan(frames, {}, params=PARAMS.model_copy(update={"nobody_per_video": 3}))
    assert [n for n, rule in enumerate(rules) if rule is None] == [1, 5, 9]
    assert rules[0] == "nobody_per_shot" and rules[3] == "nobody_per_video"


def test_none_are_wanted():
    none = ScenesParams(per_shot=0, nobody_per_shot=0, nobody_per_video=0)
    rules = plan([frame(0), frame(1, shot=1)], {0: [person("a", character="ada")]}, params=none)
    assert rules == ["per_shot", "nobody_per_shot"]
    assert plan([], {}) == []
