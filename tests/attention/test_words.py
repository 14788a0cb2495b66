import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.attention.words import (
    Prompt,
    common,
    extended,
    places,
    prompt_of,
    refine_pairing,
    replace_pairing,
    replaced,
    spans,
)
from dramatis.core.errors import ParameterError
from dramatis.diffusion.model import load_model

few = st.lists(st.integers(0, 3), max_size=8)


def short(*ids, window=8, length=8):
    return Prompt("", list(ids), window, length)


def test_replacing_one_token_keeps_all_others():
    found = replace_pairing(short(1, 2, 3), short(1, 9, 3), [((1, 2), (1, 2))])
    assert found.mapper.diagonal().tolist() == [1] * 8 and found.mapper.sum() == 8


def test_one_token_by_two_shares_its_attention():
    mapper = replace_pairing(short(1, 2, 3), short(1, 8, 9, 3), [((1, 2), (1, 3))]).mapper
    assert mapper[2, 2] == mapper[2, 3] == 0.5  # begin is state 0
    assert mapper[3, 4] == 1 and mapper[4, 5] == 1  # what follows moves on: token 3, and the end


def test_two_tokens_by_one_add_up():
    mapper = replace_pairing(short(1, 2, 3, 4), short(1, 9, 4), [((1, 3), (1, 2))]).mapper
    assert mapper[2, 2] == mapper[3, 2] == 1 and mapper[4, 3] == 1


def test_a_word_that_stands_twice():
    at = [((0, 1), (0, 2)), ((2, 3), (3, 5))]
    mapper = replace_pairing(short(7, 1, 7), short(8, 9, 1, 8, 9), at).mapper
    assert mapper[2, 3] == 1 and mapper[3, 4] == mapper[3, 5] == 0.5


def test_refined_words_have_their_own_attention():
    found = refine_pairing(short(1, 2), short(1, 9, 2))
    assert found.held.tolist() == [1, 1, 0, 1, 1, 1, 1, 1]
    assert found.mapper[2, 3] == 1


def test_chunks_keep_their_begins_and_ends():
    source = short(*range(5), window=5, length=10)  # two chunks of three tokens
    found = replace_pairing(source, source, [((3, 4), (3, 4))])
    assert found.mapper.diagonal().tolist() == [1] * 10


@given(few, few)
def test_a_common_subsequence(first, second):
    found = common(first, second)
    assert all(first[i] == second[j] for i, j in found)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in zip(found, found[1:], strict=False))
    assert len(found) == len(common(second, first))
    assert len(common(first, first)) == len(first)


def test_words_are_found_as_tokens(bases):
    model = load_model(str(bases["sd15"]))
    prompt = prompt_of(model, "a (red hat:1.3), hatstand, Red Hat")
    found = spans(model, prompt, "red hat")
    assert len(found) == 2 and found[0] == (1, 3) and places(prompt, found[0]) == [2, 3]
    with pytest.raises(ParameterError, match="does not stand in the prompt"):
        spans(model, prompt, "crown")
    with pytest.raises(ParameterError, match="does not stand in the prompt"):
        spans(model, prompt, " ")


def test_a_word_beyond_the_tokens_that_are_read(bases):
    model = load_model(str(bases["sd15"]))
    long = ", ".join(["hat"] * 60) + ", crown"
    with pytest.raises(ParameterError, match="75 tokens of the prompt that are read"):
        spans(model, prompt_of(model, long), "crown")
    assert spans(model, prompt_of(model, long, 150), "crown")


def test_prompts_are_changed_as_text():
    assert replaced("a hat, (hat:1.2), hats", "hat", "crown") == "a crown, (crown:1.2), hats"
    assert extended("a hat, b", "hat", "red") == "a hat, red, b"
    assert extended("a hat,", None, "red") == "a hat, red" and extended("", None, "red") == "red"
    for change in (replaced, extended):
        with pytest.raises(ParameterError, match="does not stand"):
            change("a hat", "crown", "x")
