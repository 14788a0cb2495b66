import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.cast.naming import REJECTION, likeness, name_parts, nearest_name, one_per_frame


def on_circle(*degrees):
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)


def names(faces, references, of, parts=None, clusters=None, frames=None, floor=0.2, margin=0.05):
    parts = parts or [f"t{n}" for n in range(len(faces))]
    clusters = clusters or [None] * len(faces)
    frames = frames or [f"f{n}" for n in range(len(faces))]
    return name_parts(likeness(on_circle(*faces), on_circle(*references), of), parts, clusters, frames, floor, margin)


def test_worked_example():
    alike = likeness(on_circle(0, 60), on_circle(0, 90, 60), ["ada", "ada", "bela"])
    assert alike.names == ["ada", "bela"]
    assert np.allclose(alike.cosine, [[1, 0.5], [np.cos(np.radians(30)), 1]], atol=1e-6)
    assert np.allclose(alike.of(np.array([0, 1])), [(1 + np.cos(np.radians(30))) / 2, 0.75], atol=1e-6)


@pytest.mark.parametrize(
    ("cosine", "expected"),
    [([0.9, 0.1], "ada"), ([0.59, 0.1], None), ([0.9, 0.85], None), ([0.9, 0.79], "ada"), ([0.1, 0.9], REJECTION)],
)
def test_a_name_needs_the_floor_and_the_margin(cosine, expected):
    assert nearest_name(np.array(cosine), ["ada", REJECTION], floor=0.2, margin=0.05) == expected


def test_without_names_there_is_no_name_and_a_single_name_needs_no_margin():
    assert nearest_name(np.zeros(0), [], 1, 0) is None
    assert nearest_name(np.array([0.9]), ["ada"], 0.2, 0.5) == "ada"


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=5), st.floats(0.01, 1), st.floats(0, 0.5))
def test_a_stricter_rule_never_names_more(cosine, floor, margin):
    options = [f"n{k}" for k in range(len(cosine))]
    strict = nearest_name(np.array(cosine), options, floor / 2, margin * 1.5)
    assert strict is None or strict == nearest_name(np.array(cosine), options, floor, margin)


def test_a_cluster_far_from_every_reference_stays_unnamed():  # others name it if one percent of the pairs agree
    assert names([0, 5, 10, 170], [90, 270], ["ada", "bela"], clusters=["c"] * 4) == {}
    mostly_far = [100] * 30 + [0]
    assert names(mostly_far, [0], ["ada"], clusters=["c"] * 31) == {}


def test_one_name_may_own_several_clusters():
    found = names([0, 2, 88, 90], [0, 90, 180], ["ada", "ada", "bela"], clusters=["c1", "c1", "c2", "c2"])
    assert found == dict.fromkeys(["t0", "t1", "t2", "t3"], "ada")


def test_a_part_that_contradicts_its_cluster_stays_unnamed():
    found = names([0, 3, 5, 8, 60], [0, 70], ["ada", "bela"], clusters=["c"] * 5)
    assert found == dict.fromkeys(["t0", "t1", "t2", "t3"], "ada")


def test_two_tracks_of_one_frame_do_not_get_one_name():
    assert names([0, 20], [0], ["ada"], frames=["f", "f"]) == {"t0": "ada"}
    assert names([0, 20], [0], ["ada"], frames=["f", "g"]) == {"t0": "ada", "t1": "ada"}
    frames = {"a": {"1", "2"}, "b": {"2"}, "c": {"3"}}
    nobody = dict.fromkeys("abc", REJECTION)
    assert one_per_frame(nobody, dict.fromkeys("abc", 0.5), frames) == nobody
    assert one_per_frame(dict.fromkeys("abc", "x"), {"a": 0.5, "b": 0.9, "c": 0.1}, frames) == {"b": "x", "c": "x"}
