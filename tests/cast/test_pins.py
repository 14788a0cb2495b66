import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dramatis.cast.naming import REJECTION
from dramatis.cast.pins import follow_pins, without_shared_frames


def on_circle(*degrees):
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)


def followed(degrees, pins, named=(), settled=(), clusters=None, margin=0.02):
    parts = [f"t{n}" for n in range(len(degrees))]
    named = dict.fromkeys(named, "ada")
    clusters = clusters or ["c"] * len(parts)
    return follow_pins(named, pins, {*settled, *pins}, parts, clusters, on_circle(*degrees), margin)


def test_one_pin_names_a_cluster_and_two_divide_it():
    assert followed([0, 10, 80, 90], {"t0": "ada"}) == dict.fromkeys(["t1", "t2", "t3"], "ada")
    assert followed([0, 10, 80, 90], {"t0": "ada", "t3": "bela"}) == {"t1": "ada", "t2": "bela"}


def test_who_is_rejected_or_elsewhere_follows_nobody():
    assert followed([0, 10, 20], {"t0": "ada"}, settled=["t1"]) == {"t2": "ada"}
    assert followed([0, 10, 20], {"t0": "ada"}, clusters=["c", "d", None]) == {}
    assert followed([0, 10, 20], {"t0": "ada"}, clusters=[None] * 3) == {}


def test_a_pin_splits_a_cluster_that_a_reference_names():
    """Ada at 0 to 10 degrees, and two tracks of somebody else at 60 and 65, of which one is pinned."""
    degrees, named = [0, 5, 10, 60, 65], ["t0", "t1", "t2", "t3", "t4"]
    assert followed(degrees, {"t3": "bela"}, named) == {"t4": "bela"}
    assert followed(degrees, {"t3": "bela", "t0": "ada"}, named) == {"t1": "ada", "t2": "ada", "t4": "bela"}
    assert followed(degrees, {"t3": "bela", "t4": "bela"}, named) == {}


def test_a_pin_of_one_of_many_alike_takes_no_other_with_it():
    assert followed([0, 1, 2, 3], {"t1": "bela"}, ["t0", "t1", "t2", "t3"]) == {}
    assert followed([0, 1], {"t1": "bela"}, ["t0", "t1"]) == {}


def test_a_whole_cluster_is_nobody_even_if_references_name_it():
    named = ["t0", "t1", "t2"]
    assert followed([0, 10, 20], {"t0": REJECTION}, named) == dict.fromkeys(["t1", "t2"], REJECTION)
    assert followed([0, 10, 80], {"t0": REJECTION, "t2": "bela"}, named) == {"t1": REJECTION}


def test_a_pinned_face_is_the_only_one_of_its_name_in_a_frame():
    parts, frames = ["a", "a", "b", "c"], ["1", "2", "2", "3"]
    named = dict.fromkeys("abc", "ada")
    assert without_shared_frames(named, {"b": "ada"}, parts, frames) == {"b": "ada", "c": "ada"}
    assert without_shared_frames(named, {"b": "bela"}, parts, frames) == named


@given(
    st.lists(st.integers(0, 359), min_size=1, max_size=8),
    st.dictionaries(st.integers(0, 7), st.sampled_from(["ada", "bela", REJECTION])),
    st.lists(st.sampled_from("cde"), min_size=8, max_size=8),
    st.sets(st.integers(0, 7)),
)
def test_clusters_may_be_called_anything_and_pins_speak_for_their_own_only(degrees, pins, clusters, named):
    pins = {f"t{n}": name for n, name in pins.items() if n < len(degrees)}
    named, clusters = [f"t{n}" for n in named if n < len(degrees)], clusters[: len(degrees)]
    found = followed(degrees, pins, named, clusters=clusters)
    renamed = [{"c": "x9", "d": "a0", "e": "k"}[cluster] for cluster in clusters]
    assert followed(degrees, pins, named, clusters=renamed) == found
    assert not found.keys() & pins.keys()
    for part, name in found.items():
        inside = [pins.get(f"t{n}") for n, cluster in enumerate(clusters) if cluster == clusters[int(part[1:])]]
        assert name in inside


def test_without_pins_nobody_follows():
    assert followed([0, 10], {}) == {}
