"""Who meets whom, who stands left, and what an added episode changes."""

from collections import Counter
from itertools import combinations

import pytest
from composing import params
from hypothesis import given, settings
from hypothesis import strategies as st

from dramatis.composite.params import CompositeParams
from dramatis.composite.plan import Part, drafts, groups_of, turns_of
from dramatis.core.errors import ParameterError
from dramatis.core.params import load_params


def part(character, n=0, stage="head", face_share=0.4, whole=False, clear=True):
    return Part(f"v-{n:06d}-{character}-{stage}", character, stage, whole, clear, face_share)


def cast_of(names, each=3, stages=("full", "upper", "head")):
    return [part(name, n, stage) for name in names for n in range(each) for stage in stages]


def drawn(parts, backgrounds=("v-000001-scene",), **changes):
    return drafts(params(**changes), parts, {part.character for part in parts}, list(backgrounds))


def test_all_groups_of_a_size_or_the_chosen_ones():
    assert groups_of(params(), {"c", "a", "b"}, "abc") == [("a", "b"), ("a", "c"), ("b", "c")]
    assert groups_of(params(people=[2, 3]), {"a", "b", "c"}, "abc")[-1] == ("a", "b", "c")
    assert groups_of(params(people=[]), {"a", "b"}, "ab") == []
    assert groups_of(params(groups=[["b", "a"], ["a", "b"]]), {"a", "b", "c"}, "abc") == [("a", "b")]
    assert groups_of(params(groups=[["a", "d"]]), {"a"}, "ad") == []  # d has crops, but none that can be used


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"groups": [["a", "a"]]}, "composite.groups.0 = .*must name nobody twice"),
        ({"groups": [["a"]]}, "composite.groups.0"),
        ({"gap": 0.1, "seam": 0.1}, "only one of them may be above 0"),
        ({"stages": []}, "composite.stages"),
    ],
)
def test_bad_values(changes, said):
    with pytest.raises(ParameterError, match=said):
        params(**changes)


def test_somebody_unknown_in_a_group():
    with pytest.raises(ParameterError, match="composite.groups: 'eve' has no crop; there are: ada, bela"):
        drawn(cast_of(["ada", "bela"]), groups=[["ada", "eve"]])


def test_a_total_is_spread_evenly():
    groups = list(combinations("abcd", 2))  # 6
    assert set(turns_of(params(), groups).values()) == {4}
    counts = turns_of(params(total=15), groups)
    assert sum(counts.values()) == 15 and set(counts.values()) == {2, 3}
    assert sum(turns_of(params(total=3), groups).values()) == 3


@settings(max_examples=30, deadline=None)
@given(
    st.integers(2, 6), st.integers(0, 9), st.sampled_from([[2], [3], [2, 3]]), st.integers(0, 2**32), st.integers(1, 4)
)
def test_nobody_meets_himself_and_sides_are_balanced(people, per_group, sizes, seed, each):
    made = drawn(cast_of("abcdef"[:people], each), people=sizes, per_group=per_group, seed=seed)
    for draft in made:
        assert len(set(draft.characters)) == len(draft.characters)
        for parts in filter(None, [draft.joined, *(zip(*draft.figures, strict=False))]):
            assert [part.character for part in parts] == list(draft.characters)
            assert {part.stage for part in parts} == {draft.stage}
    pairs = [draft.characters for draft in made if len(draft.characters) == 2]
    orders = Counter(pairs)
    for a, b in combinations("abcdef"[:people], 2):
        assert abs(orders[a, b] - orders[b, a]) <= 1
    for name in "abcdef"[:people]:
        left, right = (sum(order[place] == name for order in pairs) for place in (0, 1))
        assert abs(left - right) <= 2


def test_each_order_of_three_comes_equally_often():
    orders = Counter(draft.characters for draft in drawn(cast_of("abc"), people=[3], per_group=12))
    assert set(orders.values()) == {2} and len(orders) == 6


def test_faces_of_joined_crops_are_about_equally_high():
    parts = [part("a", 0, face_share=0.2), part("a", 1, face_share=0.5), part("b", 0, face_share=0.45)]
    for draft in drawn(parts, per_group=3):
        assert [part.face_share for part in draft.joined if part.character == "a"] == [0.5]
    assert drawn([parts[0], parts[2]]) == []


def test_only_figures_of_one_kind_are_cut_out():
    whole = [part(name, n, "full", whole=True) for name in "ab" for n in range(2)]
    cut = [part("a", 5, "full"), part("b", 6, "full", clear=False), part("b", 7, "full", clear=False)]
    made = drawn(whole + cut, cutout_share=1, stages=["full"])
    assert len(made) == 4
    for draft in made:
        assert all(part.whole and part.clear for tried in draft.figures for part in tried)
        assert draft.background == "v-000001-scene"
    assert all(not draft.figures for draft in drawn(cut, cutout_share=1, stages=["full"]))


def test_heads_are_never_cut_out_and_nothing_is_without_a_background():
    assert not any(draft.figures for draft in drawn(cast_of("ab"), cutout_share=1, stages=["head"]))
    assert not any(draft.figures for draft in drawn(cast_of("ab"), (), cutout_share=1))


def test_crops_take_turns():
    made = drawn(cast_of("ab", each=4), per_group=4, stages=["head"])
    assert len({part.crop_id for draft in made for part in draft.joined}) == 8


def test_an_added_episode_leaves_turns_that_it_does_not_take():
    old = cast_of("abc", each=6)
    new = old + [part(name, 900, stage) for name in "abc" for stage in ("full", "upper", "head")]
    before, after = drawn(old, per_group=9), drawn(new, per_group=9)
    assert [draft.characters for draft in before] == [draft.characters for draft in after]
    kept = sum(draft in before for draft in after)
    assert kept >= 0.4 * len(before)


def test_the_project_s_own_parameters_are_valid():
    assert load_params("composite", CompositeParams).per_group
