import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.caption.thresholds import chosen, mcut

shares = st.lists(st.floats(0, 1), max_size=12)


@pytest.mark.parametrize(
    "scores, threshold",
    [
        ([0.9, 0.8, 0.3, 0.1], 0.55),  # the gap of 0.5 between 0.8 and 0.3
        ([0.1, 0.9, 0.3, 0.8], 0.55),
        ([0.9, 0.2, 0.1], 0.55),
        ([1.0, 0.5, 0.0], 0.75),  # equal gaps: the one between the higher scores
        ([0.7], 0.0),
        ([], 0.0),
    ],
)
def test_mcut_by_hand(scores, threshold):
    assert mcut(scores) == pytest.approx(threshold)


@given(shares)
def test_mcut_parts_the_scores_at_their_largest_gap(scores):
    threshold, ordered = mcut(scores), sorted(scores)
    gaps = [high - low for low, high in zip(ordered, ordered[1:], strict=False)]
    if gaps:
        low = max((score for score in scores if score < threshold), default=threshold)
        high = min((score for score in scores if score >= threshold), default=threshold)
        assert high - low == pytest.approx(max(gaps))


def test_each_category_has_its_own_threshold():
    scores, categories = [0.9, 0.8, 0.6, 0.4, 0.2], ["character", "general", "rating", "general", "general"]
    assert chosen(scores, categories, {"general": 0.35}) == [1, 3]
    assert chosen(scores, categories, {"general": 0.5, "character": 0.95}) == [1]
    assert chosen(scores, categories, {"character": 0.85, "rating": 0.5}) == [0, 2]
    assert chosen(scores, categories, {}) == []


def test_mcut_takes_the_place_of_a_lower_threshold():
    scores, categories = [0.9, 0.8, 0.3, 0.1], ["general"] * 4
    assert chosen(scores, categories, {"general": 0.05}) == [0, 1, 2, 3]
    assert chosen(scores, categories, {"general": 0.05}, by_mcut=["general"]) == [0, 1]
    assert chosen(scores, categories, {"general": 0.85}, by_mcut=["general"]) == [0]
    assert chosen(scores, categories, {"general": 0.05}, by_mcut=["character"]) == [0, 1, 2, 3]


@given(shares, st.floats(0, 1))
def test_mcut_only_takes_away(scores, least):
    categories = ["general"] * len(scores)
    fixed = chosen(scores, categories, {"general": least})
    assert set(chosen(scores, categories, {"general": least}, by_mcut=["general"])) <= set(fixed)
