import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.dataset.multipliers import balanced, hierarchical, per_subject

groups = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["full", "upper", "head"])))
STAGES = {"full": 1, "upper": 2, "head": 3}
STEPS = {200: 40, 100: 30, 40: 8, 10: 4, 1: 2}


def totals(groups, found):
    return {name: sum(value for (g, _), value in zip(groups, found, strict=True) if g == name) for name, _ in groups}


def test_balanced_by_hand():
    groups = [("ada", "head")] * 3 + [("ada", "full")] + [("bela", "head")]
    got = balanced(groups, {"head": 1.5, "full": 0.5}, largest=9)
    assert got == pytest.approx([0.75, 0.75, 0.75, 0.25, 2.5])  # each character has half of 5


def test_a_stage_that_is_not_named_does_not_count():
    assert balanced([("ada", "head"), ("ada", "full")], {"head": 1}, largest=9) == [2.0, 0.0]
    assert balanced([("ada", "full")], {"head": 1}, largest=9) == [0.0]
    assert balanced([], {"head": 1}, largest=9) == []


def test_per_subject_by_hand():
    """Three pictures of ada and one variant: the step of three, over all four; bela has one."""
    groups = [("ada", "head")] * 3 + [("ada", "full")] + [("bela", "head")]
    variants = [False, False, True, False, False]
    got = per_subject(groups, variants, {3: 6, 1: 2}, {"head": 1.0, "full": 0.0}, largest=9)
    assert got == pytest.approx([2, 2, 2, 0, 2])
    assert per_subject(groups, variants, {3: 6}, {"head": 1.0}, largest=9)[-1] == 0  # too few to be seen at all


def test_the_steps_of_the_recipe():
    """200 pictures or more: 40 of them in an epoch; 100: 30; 40: 8; 10: 4; else 2."""
    counts = {"a": 350, "b": 199, "c": 40, "d": 39, "e": 3}
    groups = [(name, "head") for name, count in counts.items() for _ in range(count)]
    got = totals(groups, per_subject(groups, [False] * len(groups), STEPS, {"head": 1.0}, largest=9))
    assert got == pytest.approx({"a": 40, "b": 30, "c": 8, "d": 4, "e": 2})


def test_hierarchical_by_hand():
    """Characters weigh 3 against 1 of scenes; ada and bela the same; ada's two heads share what bela's one has."""
    paths = [("characters", "ada", "head")] * 2 + [("characters", "bela", "head")] + [("scenes",)] * 2
    got = hierarchical(paths, {"characters": 3.0}, largest=100)
    # chances: 3/4 · 1/2 / 2 = 0.1875, 0.375, and 1/4 / 2 = 0.125, which is seen once
    assert got == pytest.approx([1.5, 1.5, 3, 1, 1])
    assert hierarchical(paths, {"characters": 3.0}, largest=2) == pytest.approx([1.5, 1.5, 2, 1, 1])
    assert hierarchical(paths, {"scenes": 0.0}, largest=9) == pytest.approx([1, 1, 2, 0, 0])
    assert hierarchical([], {}, largest=9) == []


@given(groups)
def test_balanced_characters_count_the_same_and_a_picture_once_on_average(groups):
    got = totals(groups, balanced(groups, STAGES, largest=1e9))
    assert all(total == pytest.approx(len(groups) / len(got)) for total in got.values())


@given(groups, st.lists(st.booleans(), min_size=100, max_size=100))
def test_per_subject_characters_have_the_number_of_their_step(groups, booleans):
    variants = booleans[: len(groups)]
    groups = groups[: len(variants)]
    own = {name: sum(g == name and not v for (g, _), v in zip(groups, variants, strict=True)) for name, _ in groups}
    got = totals(groups, per_subject(groups, variants, STEPS, STAGES, largest=1e9))
    wanted = {name: max((STEPS[least] for least in STEPS if least <= count), default=0) for name, count in own.items()}
    assert got == pytest.approx(wanted)


@given(groups)
def test_hierarchical_the_rarest_is_seen_once_and_siblings_as_their_weights(groups):
    got = hierarchical(groups, {"a": 2.0}, largest=1e9)
    assert min(got, default=1) == pytest.approx(1)
    sums = totals(groups, got)
    if {"a", "b"} <= sums.keys():
        assert sums["a"] == pytest.approx(2 * sums["b"])


@given(groups, st.floats(1, 3))
def test_no_picture_above_the_largest_nor_left_out(groups, largest):
    kinds = [balanced(groups, STAGES, largest), hierarchical(groups, {}, largest)]
    kinds.append(per_subject(groups, [False] * len(groups), STEPS, STAGES, largest))
    assert all(0 < value <= largest for found in kinds for value in found)


@given(groups, st.randoms(use_true_random=False))
def test_the_order_of_pictures_changes_nothing(groups, random):
    order = list(range(len(groups)))
    random.shuffle(order)
    mixed = [groups[n] for n in order]
    for scheme in (
        lambda some: balanced(some, STAGES, 9.0),
        lambda some: per_subject(some, [False] * len(some), STEPS, STAGES, 9.0),
        lambda some: hierarchical(some, {"head": 2.0}, 9.0),
    ):
        found = scheme(groups)
        assert scheme(mixed) == pytest.approx([found[n] for n in order])
