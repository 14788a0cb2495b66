from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.errors import ParameterError
from dramatis.core.params import PARAMS, load_params, validate
from dramatis.regularize.params import RegularizeParams
from dramatis.regularize.prompts import dealt, parse, prompt_of

ROBES = "1person, {head|full body}, {red|blue|green} robe"


@pytest.mark.parametrize(
    "text, parts",
    [
        ("1person, head", ("1person, head",)),
        ("{a|b}", (("a", "b"),)),
        (ROBES, ("1person, ", ("head", "full body"), ", ", ("red", "blue", "green"), " robe")),
        ("x {|smile}", ("x ", ("", "smile"))),
        (r"\{a\|b\}, \\", ("{a|b}, \\",)),
        ("a|b", ("a|b",)),
        ("{a|b}{c|d}", (("a", "b"), ("c", "d"))),
    ],
)
def test_what_is_read(text, parts):
    assert parse(text) == parts


@pytest.mark.parametrize(
    "text, problem",
    [
        ("", "the prompt is empty"),
        (" , ", "the prompt is empty"),
        ("{|a}", "the prompt is empty"),
        ("a {b", "a choice is not closed"),
        ("a} b", "letter 2 closes a choice that was not opened"),
        ("{a|{b|c}}", "letter 4 opens a choice within another"),
        ("{trigger}, head", "letter 9 closes has one option"),
    ],
)
def test_what_is_refused(text, problem):
    with pytest.raises(ValueError, match=problem):
        parse(text)
    values = load_params("regularize", RegularizeParams).model_dump() | {"prompts": ["1person", text]}
    with pytest.raises(ParameterError, match=rf"regularize\.prompts\.1.*{problem}"):
        validate(values, RegularizeParams, str(PARAMS), "regularize")


def test_prompts_take_turns_and_options_are_dealt():
    said = [prompt_of([ROBES, "forest"], number, 7, "drawn") for number in range(12)]
    assert said[1::2] == ["forest"] * 6
    pairs = [tuple(prompt.split(", ")[1:]) for prompt in said[::2]]
    assert Counter(stage for stage, _ in pairs) == {"head": 3, "full body": 3}
    assert Counter(robe for _, robe in pairs) == {"red robe": 2, "blue robe": 2, "green robe": 2}


def test_an_empty_option_leaves_no_comma():
    said = {prompt_of(["head, {|a  smile}, forest"], number, 7, "drawn") for number in range(2)}
    assert said == {"head, forest", "head, a smile, forest"}


def test_two_choices_do_not_go_in_step():
    said = {prompt_of(["{a|b|c|d}, {a|b|c|d}"], number, 7, "drawn") for number in range(64)}
    assert len(said) == 16


def test_another_seed_or_source_deals_otherwise():
    dealings = {
        tuple(prompt_of([ROBES], number, seed, source) for number in range(12))
        for seed, source in [(7, "drawn"), (8, "drawn"), (7, "other")]
    }
    assert len(dealings) == 3


@given(st.integers(1, 9), st.integers(0, 60), st.integers(0, 99))
def test_each_option_comes_once_in_each_round(count, rounds, seed):
    hands = [dealt(count, rounds * count + place, seed, "x") for place in range(count)]
    assert sorted(hands) == list(range(count))


@given(st.text(alphabet="ab ,{}|\\", max_size=12), st.integers(0, 20))
def test_what_can_be_read_says_something_in_clean_pieces(text, number):
    try:
        parse(text)
    except ValueError:
        return
    said = prompt_of([text], number, 7, "drawn")
    assert said
    assert all(piece == " ".join(piece.split()) and piece for piece in said.split(", "))
