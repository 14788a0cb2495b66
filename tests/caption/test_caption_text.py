from hypothesis import given
from hypothesis import strategies as st

from dramatis.caption.text import compose, core_tags, selected

words = st.lists(st.sampled_from(["ada", "Ada", "red hair", "forest", "head", "", None]))


def test_worked_example():
    assert compose(["ada", "bela", None, "1person", "head", "red hair", "Ada"]) == "ada, bela, 1person, head, red hair"


def test_the_most_certain_tags_stay():
    assert selected(["head", "red hair", "forest", "dark"], {"head"}, 2) == ["red hair", "forest"]


def test_core_tags_are_frequent_and_of_looks():
    solo = [["red hair", "forest", "twintails"], ["red hair", "forest"], ["red hair", "blue hair"]]
    assert core_tags(solo, 0.5, ["hair", "twintails"]) == {"red hair"}
    assert core_tags(solo, 0.3, ["hair", "twintails"]) == {"red hair", "blue hair", "twintails"}
    assert core_tags([], 0.5, ["hair"]) == set()


@given(words)
def test_nothing_is_said_twice_and_the_first_stays_first(parts):
    said = compose(parts).split(", ") if compose(parts) else []
    assert len({part.casefold() for part in said}) == len(said)
    assert {part.casefold() for part in said} == {part.casefold() for part in parts if part}
    assert said[:1] == [part for part in parts if part][:1]


@given(words, st.integers(0, 5))
def test_selected_keeps_the_order(tags, most):
    tags = [tag for tag in tags if tag]
    got = selected(tags, {"forest"}, most)
    assert got == [tag for tag in tags if tag != "forest"][:most]
