import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core import seeds
from dramatis.train.captions import calls, vary

TAGS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8, unique=True)


def test_the_name_stays_first_and_no_tag_is_lost():
    caption = "ada, 1person, head, red_robe, forest"
    varied = [vary(caption, seeds.rng(7, step), True, 1, 0.0, 0.0) for step in range(20)]
    assert all(text.startswith("ada, ") for text in varied)
    assert all(sorted(text.split(", ")) == sorted(caption.split(", ")) for text in varied)
    assert len(set(varied)) > 5


def test_all_names_of_a_composite_stay_whatever_is_dropped():
    caption = "bela, dora, upper body, a robe like Emil's, snow"
    varied = {vary(caption, seeds.rng(7, step), True, 1, 1.0, 0.0, ("bela", "dora", "emil")) for step in range(20)}
    assert varied == {"bela, dora, a robe like Emil's"}
    assert vary("cyrus/ada/COMPOSITE, 1person", seeds.rng(7), True, 0, 1.0, 0.0, ("ada",)) == "cyrus/ada/COMPOSITE"


def test_a_name_is_a_whole_word():
    assert calls("bela and dora", ["dora"]) and calls("<ada>", ["<ada>"]) and calls("DORA", ["dora"])
    assert not calls("adamant", ["ada"]) and not calls("pandora", ["dora"]) and not calls("x", [])


@given(TAGS, st.integers(0, 9), st.floats(0, 1), st.booleans(), st.integers(0, 99))
def test_what_is_kept_stands_first_and_nothing_is_made_up(tags, keep, share, shuffle, step):
    names = tags[-1:]
    found = vary(", ".join(tags), seeds.rng(7, step), shuffle, keep, share, 0.0, names)
    left = found.split(", ") if found else []
    kept = tags[:keep] + [tag for tag in tags[keep:] if tag in names]
    assert left[: len(kept)] == kept
    assert set(left) <= set(tags) and len(left) == len(set(left))
    assert shuffle or left[len(kept) :] == [tag for tag in tags if tag in left[len(kept) :]]
    assert found == vary(", ".join(tags), seeds.rng(7, step), shuffle, keep, share, 0.0, names)


def test_items_are_shuffled_apart():
    caption = "ada, b, c, d, e, f, g"
    orders = {vary(caption, seeds.rng(7, "solo", 0, f"row-{i}"), True, 1, 0.0, 0.0) for i in range(10)}
    assert len(orders) > 7


def test_dropout_empties_its_share_of_captions():
    empty = [vary("ada, x", seeds.rng(7, step), False, 1, 0.0, 0.3, ("ada",)) == "" for step in range(1000)]
    assert 0.25 < np.mean(empty) < 0.35


def test_tag_dropout_leaves_out_its_share_of_tags_and_never_the_kept_ones():
    varied = [vary("ada, a, b, c", seeds.rng(7, step), False, 1, 0.3, 0.0).split(", ") for step in range(1000)]
    assert all(tags[0] == "ada" and tags == sorted(tags, key="ada a b c".index) for tags in varied)
    for tag in "abc":
        assert 0.25 < np.mean([tag not in tags for tags in varied]) < 0.35
