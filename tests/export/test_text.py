"""Captions in one line, and TOML."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.export.text import one_line, tags_of, toml_table


@pytest.mark.parametrize(
    ("caption", "line"),
    [
        ("ada, hat", "ada, hat"),
        ("ada,\n hat", "ada, hat"),
        ("ada\r\n\r\nhat\x00", "ada hat"),
        ("  ada\u2028hat ", "ada hat"),
        ("two  spaces", "two  spaces"),
        ("", ""),
    ],
)
def test_line_breaks_become_one_space(caption, line):
    assert one_line(caption) == line


@given(st.text())
def test_one_line_has_no_break_and_stays_as_it_is(caption):
    line = one_line(caption)
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line


def test_tags_stand_between_commas():
    assert tags_of("ada,  red hair ,, hat,") == ["ada", "red hair", "hat"]


values = st.one_of(
    st.booleans(), st.integers(-1000, 1000), st.text(st.characters(codec="utf-8")), st.lists(st.integers(0, 9))
)


@given(st.dictionaries(st.sampled_from(["a", "keep_tokens", "image_dir"]), values))
def test_toml_reads_what_was_written(table):
    assert tomllib.loads(toml_table("[[datasets]]", table)) == {"datasets": [table]}
