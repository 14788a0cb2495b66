import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.cast.naming import REJECTION, likeness, name_parts, nearest_name, one_per_frame, without_strangers


def on_circle(*degrees):
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)


def names(faces, references, of, parts=None, clusters=None, frames=None, floor=0.2, again=0.2, margin=0.05):
    parts = parts or [f"t{n}" for n in range(len(faces))]
    clusters = clusters or [None] * len(faces)
    frames = frames or [f"f{n}" for n in range(len(faces))]
    return name_parts(
        likeness(on_circle(*faces), on_circle(*references), of), parts, clusters, frames, floor, again, margin
    )


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


def test_a_double_in_a_cluster_of_its_own_stays_unnamed_unless_it_is_very_near():
    """Ada at 5 degrees, a double at 45: a difference of 0.15 to the reference."""
    clusters = ["c", "c", "d", "d"]
    assert set(names([5, 5, 45, 45], [0], ["ada"], clusters=clusters, again=0.1)) == {"t0", "t1"}
    assert len(names([5, 5, 45, 45], [0], ["ada"], clusters=clusters, again=0.2)) == 4
    assert len(names([45, 45], [0], ["ada"], clusters=["d", "d"], again=0.1)) == 2  # nobody is nearer


def test_a_few_good_views_do_not_take_the_name_from_a_large_cluster():
    few = names([5] * 4 + [45] * 9, [0], ["ada"], clusters=["c"] * 4 + ["d"] * 9, again=0.1)
    assert len(few) == 13
    track = names([5, 45, 45], [0], ["ada"], clusters=[None, "d", "d"], again=0.1)
    assert len(track) == 3


@given(
    st.dictionaries(st.integers(0, 9), st.tuples(st.sampled_from(["ada", "bela"]), st.floats(0, 1)), max_size=8),
    st.sets(st.integers(0, 9)),
    st.floats(0, 1),
)
def test_every_name_keeps_its_nearest_group(groups, clusters, again):
    name_of, difference = ({key: value[n] for key, value in groups.items()} for n in (0, 1))
    kept = without_strangers(name_of, difference, dict.fromkeys(clusters & groups.keys(), 4), again)
    for name in set(name_of.values()):
        assert min((key for key in groups if name_of[key] == name), key=lambda key: difference[key]) in kept
    assert all(difference[key] > again for key in groups.keys() - kept.keys())


def test_sides_of_a_cluster_that_no_reference_shows_count_less():
    """Half of Ada's faces are near her only reference, half are turned away: 0.25 off; the mean of all is 0.125."""
    turned = [0, 0, 60, 60]
    assert len(names(turned, [0], ["ada"], clusters=["c"] * 4, floor=0.1)) == 4
    assert names(turned, [0], ["ada"], parts=["t"] * 4, floor=0.1) == {}  # a track outside of clusters counts whole
    assert names([0, 60, 60, 60], [0], ["ada"], clusters=["c"] * 4, floor=0.1) == {}
    alike = likeness(on_circle(0, 60, 60), on_circle(0), ["ada"])
    assert alike.of_nearer_half(np.array([0, 1, 2])) == pytest.approx([0.75])
