import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.dataset.weights import balanced

groups = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["full", "upper", "head"])))


def test_worked_example():
    groups = [("ada", "head")] * 3 + [("ada", "full")] + [("bela", "head")]
    got = balanced(groups, {"head": 1.5, "full": 0.5}, max_weight=9)
    assert got == pytest.approx([0.75, 0.75, 0.75, 0.25, 2.5])  # each character has half of 5


def test_a_stage_that_is_not_named_does_not_count():
    assert balanced([("ada", "head"), ("ada", "full")], {"head": 1}, max_weight=9) == [2.0, 0.0]
    assert balanced([("ada", "full")], {"head": 1}, max_weight=9) == [0.0]
    assert balanced([], {"head": 1}, max_weight=9) == []


@given(groups)
def test_characters_count_the_same(groups):
    weights = balanced(groups, {"full": 1, "upper": 2, "head": 3}, max_weight=1e9)
    totals = {name: sum(w for (g, _), w in zip(groups, weights, strict=True) if g == name) for name, _ in groups}
    assert all(total == pytest.approx(len(groups) / len(totals)) for total in totals.values())


@given(groups, st.floats(1, 3))
def test_no_weight_above_the_largest(groups, largest):
    assert all(0 < weight <= largest for weight in balanced(groups, {"full": 1, "upper": 2, "head": 3}, largest))
