"""Names of folders and files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.export.names import LONGEST, RESERVED, safe_name, safe_names

WORST = [
    "",
    ".",
    "..",
    "a/b",
    "a\\b",
    "Æon Flux",
    "con",
    "COM1",
    "nul.txt",
    "a.b.",
    " x ",
    "-",
    "ぼっち",
    "x" * 500,
    "A",
    "a",
]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ada", "ada"),
        ("Ada Lovelace", "Ada_Lovelace"),
        ("a/../b", "a____b"),
        ("e01-000001-00-head", "e01-000001-00-head"),
        ("v1.5", "v1_5"),
        ("後藤ひとり", "後藤ひとり"),
        ("e\u0301", "é"),
    ],
)
def test_what_is_safe_stays_and_the_rest_becomes_an_underscore(text, name):
    assert safe_name(text) == name


@pytest.mark.parametrize("text", ["con", "CON", "Lpt9", "aux"])
def test_a_name_that_windows_keeps_gets_a_digest(text):
    name = safe_name(text)
    assert name.startswith(f"{text}_")
    assert not RESERVED.fullmatch(name)


def test_two_texts_never_share_a_name_even_where_case_does_not_count():
    names = safe_names(["a b", "a.b", "a_b", "A_B"])
    assert names["a_b"] == "a_b" or names["A_B"] == "A_B"
    assert len({name.casefold() for name in names.values()}) == 4


@given(st.lists(st.one_of(st.sampled_from(WORST), st.text(max_size=120)), max_size=12))
def test_any_names_are_safe_different_and_independent_of_their_order(texts):
    names = safe_names(texts)
    assert names == safe_names(reversed(texts))
    assert len({name.casefold() for name in names.values()}) == len(set(texts))
    for name in names.values():
        assert name
        assert not RESERVED.fullmatch(name)
        assert len(name.encode()) <= LONGEST + 9
        assert all(letter.isalnum() or letter in "-_" for letter in name)
