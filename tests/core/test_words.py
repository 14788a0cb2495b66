import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.words import words


def test_words():
    assert words("red_hair") == "red hair"
    assert words("sitting_on_lap") == "sitting on lap"
    assert words("solo") == "solo"


@pytest.mark.parametrize("face", ["^_^", "0_0", "(o)_(o)", "+_-", "._.", "<|>_<|>", ">_o", "6_9", "||_||", "x_x", ":o"])
def test_faces_keep_their_underscores(face):
    assert words(face) == face


@given(st.text())
def test_what_was_written_once_stays(tag):
    assert words(words(tag)) == words(tag) and len(words(tag)) == len(tag)
