from hypothesis import given
from hypothesis import strategies as st

from dramatis.core.captions import JOINT, with_word

pieces = st.lists(st.text("abcd ", min_size=1, max_size=4), max_size=5)


def test_worked_example():
    assert with_word("ada, head", "dark") == "ada, head, dark"
    assert with_word("ada, dark, head", "bright", ("dark", "bright")) == "ada, head, bright"
    assert with_word("ada, dark, head", None, ("dark", "bright")) == "ada, dark, head"
    assert with_word("ada, dark, head", "dark") == "ada, head, dark"
    assert with_word("", "dark") == "dark"


@given(pieces, st.text("abcd", min_size=1))
def test_the_word_stands_once_and_the_rest_keeps_its_order(parts, word):
    after = with_word(JOINT.join(parts), word).split(JOINT)
    assert after[-1] == word and after.count(word) == 1
    assert after[:-1] == [part for part in parts if part != word]
    assert with_word(JOINT.join(after), word).split(JOINT) == after
