"""Prompts by hand and by property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from preview_settings import FIXED, KIND, settings

from dramatis.core.errors import ParameterError
from dramatis.preview.params import FixedPrompts, PairPrompts
from dramatis.preview.prompts import Prompt, groups, requests, singles, spread, wanted_tags

CAST = {"ada": "ada", "bela": "b3la", "cyrus": "cyrus"}
FEW = FixedPrompts(**KIND | {"images": 2}, prompts=FIXED)


def pairs(**changes):
    values = {"prompts": ["{left} and {right}, lake"], "orders": "one", "most": 99, **changes}
    return PairPrompts(**KIND, **values)


def test_the_tags_that_are_asked_for():
    assert wanted_tags(FIXED[0]) == ["1person", "head", "red robe", "forest"]
    assert wanted_tags("a picture of {trigger} , beach,") == ["beach"]
    assert wanted_tags("{left}, {right}, lake") == ["lake"]


def test_keys_prompts_and_negatives():
    both = requests("fixed", list(singles({"ada": "ada", "bela": "b3la"}, FIXED)), FEW, 7)
    assert [one.key for one in both[:3]] == ["fixed-ada-00-00", "fixed-ada-00-01", "fixed-ada-01-00"]
    assert both[-1].key == "fixed-bela-01-01" and both[-1].prompt == "1person, b3la, beach"
    assert both[-1].characters == ("bela",) and both[-1].negative is None
    guarded = requests("guard", list(singles({"ada": "ada"}, FIXED)), FEW.model_copy(update={"negative": "X"}), 7)
    assert guarded[0].negative == "X" and guarded[0].seed == both[0].seed, "the same picture, but for the negative"


def test_own_seeds_that_other_prompts_do_not_change():
    both = requests("fixed", list(singles(CAST, FIXED)), FEW, 7)
    assert len({one.seed for one in both}) == len(both) == 12
    alone = requests("fixed", list(singles({"bela": "renamed"}, FIXED[1:])), FEW, 7)
    assert [one.seed for one in alone] == [one.seed for one in both if one.key.startswith("fixed-bela-01")]
    assert {one.seed for one in requests("fixed", list(singles(CAST, FIXED)), FEW, 8)}.isdisjoint(
        one.seed for one in both
    )


def test_a_style_stands_at_the_end_and_is_no_tag():
    (one,) = requests(
        "fixed", [Prompt(("ada",), FIXED[1], {"trigger": "ada"})], FixedPrompts(**KIND, prompts=[]), 7, "<s>"
    )
    assert one.prompt == "1person, ada, beach, <s>" and one.wanted == ["1person", "beach"]


def test_pairs_by_hand():
    one = list(groups(CAST, pairs()))
    assert [prompt.characters for prompt in one] == [("ada", "bela"), ("ada", "cyrus"), ("bela", "cyrus")]
    assert one[0].words == {"left": "ada", "right": "b3la"}
    both = [prompt.characters for prompt in groups(CAST, pairs(orders="all"))]
    assert len(both) == 6 and {("ada", "bela"), ("bela", "ada")} < {*both}
    made = requests("pair", one, pairs(), 7)
    assert made[0].prompt == "ada and b3la, lake" and made[0].wanted == ["lake"]
    assert made[0].key == "pair-ada+bela-00-00"


def test_threes_and_strangers():
    asked = pairs(prompts=["{left}, {middle}, {right}", "{trigger}, 2people"])
    found = [prompt.characters for prompt in groups(CAST, asked)]
    assert found == [("ada", "bela", "cyrus"), ("ada",), ("bela",), ("cyrus",)]
    assert not list(groups({"ada": "ada"}, pairs()))


@given(st.integers(0, 300), st.integers(1, 40))
def test_spread_takes_some_of_all(count, most):
    taken = spread(count, most)
    assert len(taken) == min(count, most) == len({*taken})
    assert taken == sorted(taken) and all(0 <= number < count for number in taken)
    assert not taken or taken[0] == 0


@given(st.integers(2, 12), st.integers(1, 30), st.sampled_from(["one", "all"]))
def test_groups_are_of_the_run_and_not_too_many(people, most, orders):
    cast = {f"c{number}": f"t{number}" for number in range(people)}
    found = [prompt.characters for prompt in groups(cast, pairs(most=most, orders=orders))]
    assert len(found) == len({*found}) <= most
    assert all(left != right and {left, right} <= {*cast} for left, right in found)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fixed": {"prompts": ["nobody"]}}, r"fixed.prompts.0 = 'nobody': must hold {trigger}, each once"),
        ({"fixed": {"prompts": ["{trigger} {trigger}"]}}, "each once"),
        ({"fixed": {"prompts": ["{trigger}, {x"]}}, "no other braces"),
        ({"pair": {"prompts": ["{left} alone"]}}, r"{left} and {right}, or {left} and {middle} and {right}"),
        ({"pair": {"prompts": ["{right}, {left}"]}}, "in this order"),
        ({"forget": {"prompts": ["{trigger}, castle"]}}, "must hold no braces"),
        ({"fixed": {"images": 0}, "tags": {"images": 0}}, "no character is drawn to be scored"),
        ({"drawing": {"sampler": "dmp"}}, "drawing.sampler = 'dmp'.*'dpmpp_2m_karras'"),
        ({"drawing": {"width_px": 100}}, "drawing.width_px = 100"),
        ({"control": {"kinds": ["depth"]}}, "control.kinds.0 = 'depth'"),
        ({"scale": 3}, "scale = 3"),
        ({"pair": {"orders": "both"}}, "pair.orders = 'both'"),
    ],
)
def test_bad_parameters_are_named(change, said):
    with pytest.raises(ParameterError, match=said):
        settings(**change)
