import numpy as np
import pytest

from dramatis.dataset.leaks import LeakLimits
from dramatis.dataset.leaks import leaks as found

ORIGINS = {
    "v-1-head": {"frame_id": "v-1", "video": "v", "shot": 0},
    "v-5-head": {"frame_id": "v-5", "video": "v", "shot": 2},
    "v-6-scene": {"frame_id": "v-6", "video": "v", "shot": 1},
}


def row(name, split="train", config="characters", **changes):
    return {
        "id": name,
        "config": config,
        "split": split,
        "character": "ada",
        "frame_id": "v-1",
        "video": "v",
        "shot": 0,
        "parents": ["v-1"],
        "picture": "p1",
        "phash": "00000000000000ff",
        **changes,
    }


def leaks(rows, origins, distance, same_distance=0, vectors=None):
    """With a limit of half a threshold of 0.2 for vectors."""
    limits = LeakLimits(leak_distance=distance, leak_same_distance=same_distance, leak_difference=0.5)
    return found(rows, origins, limits, vectors or {}, 0.2)


HELD = row("v-5-head", "validation", frame_id="v-5", shot=2, parents=["v-5"], picture="p5", phash="ff" * 8)
ELSEWHERE = {"frame_id": None, "video": None, "shot": None, "picture": None, "phash": None, "character": None}


def test_nothing_leaks():
    derived = row("c", config="composites", **ELSEWHERE | {"parents": ["v-1-head"]})
    assert leaks([row("v-1-head"), HELD, derived], ORIGINS, 4) == []
    assert leaks([], {}, 4) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"parents": ["v-5-head"]}, "is made of v-5-head, which is held out"),
        ({"frame_id": "v-5", "shot": 7}, "is of frame v-5, of which a picture is held out"),
        ({**ELSEWHERE, "parents": ["v-5"]}, "is of frame v-5, of which a picture is held out"),
        ({"shot": 2}, "is of shot 2 of v, of which a picture is held out"),
        ({"picture": "p5"}, "has the pixels of a held-out picture"),
        ({"phash": "fffffffffffffff0"}, "differs from held-out v-5-head in 4 bits only"),
    ],
)
def test_each_kind_is_told(change, told):
    assert leaks([row("x", **change), HELD], ORIGINS, 4) == [f"characters/x {told}"]


def test_a_composite_leaks_by_the_shot_of_its_background():
    held = row("v-7-head", "validation", frame_id="v-7", shot=1, picture="p7", phash=None, parents=["v-7"])
    made = row("c", config="composites", **ELSEWHERE | {"parents": ["v-1-head", "v-6-scene"]})
    assert leaks([held, made], ORIGINS, 4) == ["composites/c is of shot 1 of v, of which a picture is held out"]


def test_hashes_count_within_a_character_only():
    near = {"phash": "fffffffffffffff0", "picture": "p2"}
    assert leaks([row("x", character="bela", **near), HELD], ORIGINS, 4) == []
    assert leaks([row("x", **near), HELD], ORIGINS, 3) == []


@pytest.mark.parametrize(("degrees", "leaking"), [(30, True), (40, False)])
def test_a_face_that_hardly_differs_makes_a_few_bits_more_a_leak(degrees, leaking):
    """The difference (1 - cosine) / 2 is 0.067 at 30 degrees and 0.117 at 40; half of the threshold is 0.1."""
    angle = np.radians(degrees)
    vectors = {"x": np.array([1, 0]), "v-5-head": np.array([np.cos(angle), np.sin(angle)])}
    near = row("x", phash="ffffffffffffff00", picture="p2")
    told = ["characters/x differs from held-out v-5-head in 8 bits, and hardly in the face"]
    assert leaks([near, HELD], ORIGINS, 4, 8, vectors) == (told if leaking else [])
    assert leaks([near, HELD], ORIGINS, 4, 7, vectors) == []


def test_two_held_out_pictures_may_be_as_alike_as_they_like():
    assert leaks([HELD, HELD | {"id": "v-5-upper"}], ORIGINS, 4) == []
