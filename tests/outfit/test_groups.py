import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.outfit.groups import in_order, nearness, outfits
from dramatis.outfit.names import agreed, called


def apart(places):
    """Differences of shots on a line."""
    places = np.asarray(places, float)
    return np.abs(places[:, None] - places)


def test_worked_example():
    """Two outfits, and a shot near neither."""
    assert outfits(apart([0, 1, 50, 2, 51, 100]), 10, 20, 2).tolist() == [0, 0, 1, 0, 1, -1]


def test_a_shot_left_over_joins_within_reach():
    assert outfits(apart([0, 1, 15]), 10, 20, 2).tolist() == [0, 0, 0]
    assert outfits(apart([0, 1, 15]), 10, 12, 2).tolist() == [0, 0, -1]


def test_one_outfit_is_not_taken_apart():
    """However spread its shots are, if they stay within the limit on average."""
    assert set(outfits(apart([0, 4, 8, 12, 3, 9]), 12, 12, 1)) == {0}


def test_the_largest_group_stays_if_all_are_too_small():
    assert outfits(apart([0, 50, 1]), 10, 20, 3).tolist() == [0, -1, 0]
    assert outfits(apart([0, 50]), 10, 20, 2).tolist() == [0, -1]
    assert outfits(apart([0]), 10, 20, 2).tolist() == [0]
    assert outfits(np.zeros((0, 0)), 10, 20, 2).tolist() == []


places = st.lists(st.integers(0, 200), min_size=1, max_size=12, unique=True)


@given(places, st.integers(1, 40), st.integers(1, 40), st.integers(1, 3))
def test_labels_are_numbered_in_order_and_the_order_of_shots_does_not_matter(line, limit, reach, fewest):
    label = outfits(apart(line), limit + 0.25, reach + 0.25, fewest)
    assert (label == in_order(label)).all() and label.max() >= 0
    alone = [n for n in range(label.max() + 1) if (label == n).sum() < fewest]
    assert len(alone) <= 1 and (not alone or label.max() == 0)


@given(places)
def test_nearness_leaves_the_shot_itself_out(line):
    label = np.zeros(len(line), np.int64)
    near = nearness(label, apart(line))
    if len(line) == 1:
        assert np.isnan(near).all()
    else:
        np.testing.assert_allclose(near[:, 0], apart(line).sum(1) / (len(line) - 1))


def test_a_name_is_that_of_the_whole_outfit():
    label, names = called(np.array([0, 0, 1]), {1: "gown"}, apart([0, 1, 50]))
    assert label.tolist() == [0, 0, 1] and names == ["gown", None]


def test_two_names_divide_an_outfit():
    """Each shot goes to the nearest shot that has a name."""
    label, names = called(np.array([0, 0, 0, 0]), {0: "gown", 3: "coat"}, apart([0, 1, 8, 9]))
    assert label.tolist() == [0, 0, 1, 1] and names == ["gown", "coat"]


def test_one_name_joins_outfits():
    label, names = called(np.array([0, 1, 2, 1]), {0: "gown", 1: "gown"}, apart([0, 50, 90, 51]))
    assert label.tolist() == [0, 0, 1, 0] and names == ["gown", None]


def test_a_shot_without_an_outfit_gets_the_named_one():
    label, names = called(np.array([0, -1, -1]), {1: "gown"}, apart([0, 50, 90]))
    assert label.tolist() == [0, 1, -1] and names == [None, "gown"]


@given(st.lists(st.integers(-1, 3), min_size=1, max_size=8), st.data())
def test_every_named_shot_has_its_name(labels, data):
    label = in_order(np.array(labels))
    said = data.draw(st.dictionaries(st.integers(0, len(labels) - 1), st.sampled_from(["gown", "coat", "rags"])))
    after, names = called(label, said, apart(range(len(labels))))
    assert all(names[after[shot]] == name for shot, name in said.items())
    unsaid = [n for n in range(len(labels)) if label[n] < 0 and n not in said]
    assert all(after[n] == -1 for n in unsaid)
    assert len({name for name in names if name}) == sum(name is not None for name in names)


@pytest.mark.parametrize(("names", "one"), [(["b", "a", "b"], "b"), (["b", "a"], "a")])
def test_the_name_that_most_say(names, one):
    assert agreed(names) == one
