"""Typed names."""

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from dramatis.cast.decisions import Character
from dramatis.core.params import Key
from dramatis.review.names import Name, read_name

CHARACTERS = {"ann": Character(display="Ann Lee"), "zoe": Character(display="Zoë")}


def test_worked_examples():
    read = lambda text: read_name(text, ["ann", "zoe", "bob"], CHARACTERS)  # noqa: E731
    assert read("ann lee") == read("ann") == Name("ann", None, True)
    assert read("Bob") == Name("bob", None, True)
    assert read("carl") == Name("carl", None, False) and read("Carl") == Name("carl", None, False)
    assert read("Dr. No") == Name("dr-no", "Dr. No", False)
    assert read("Zoé") == Name("zoe-1", "Zoé", False), "another name that reads alike"
    assert read("春野サクラ") == Name("character-1", "春野サクラ", False)
    assert read("  ") is None


@given(st.text(max_size=30))
def test_every_text_gives_an_id_that_is_allowed(text):
    found = read_name(text, ["ann", "character-1"], CHARACTERS)
    if text.split():
        assert TypeAdapter(Key).validate_python(found.id) and (found.known or found.id not in ("ann", "character-1"))
