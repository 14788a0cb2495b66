import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.eyes.recscore import (
    difference,
    match_shares,
    nearer_than_strangers,
    nearest,
    recscore,
    upper_bound,
)

angles = st.lists(st.floats(0, 360), min_size=2, max_size=8)


def on_circle(degrees):
    radians = np.radians(np.array(degrees, float))
    return np.stack([np.cos(radians), np.sin(radians)], 1).astype(np.float32)


def test_difference_by_hand():
    assert difference(on_circle([0]), on_circle([0, 90, 180]))[0] == pytest.approx([0, 0.5, 1])
    with pytest.raises(ValueError, match="2 and of 3 numbers"):
        difference(np.zeros((1, 2), np.float32), np.zeros((1, 3), np.float32))


def test_worked_example():
    previews, references = on_circle([0, 90]), on_circle([0, 10, 180])
    shares = match_shares(previews, references, threshold=0.05)
    assert shares == pytest.approx([2 / 3, 0])
    bound = upper_bound(references, 0.05)  # of six ordered pairs, (0, 10) and (10, 0) match
    assert bound == pytest.approx(2 / 6)
    means = np.array([shares.mean(), 1.0, np.mean([2 / 3, 0, 0, 0])])  # the last: two previews more, without a face
    assert recscore(means, bound) == pytest.approx([1.0, 1.0, 0.5])  # never above 1


def test_one_reference_has_no_bound():
    with pytest.raises(ValueError, match="1 references have no pair"):
        upper_bound(on_circle([0]), 0.1)


@given(angles, angles, st.floats(0, 1), st.floats(0, 1))
def test_grows_with_the_threshold(previews, references, a, b):
    (low, high), p, r = sorted((a, b)), on_circle(previews), on_circle(references)
    assert 0 <= match_shares(p, r, low).mean() <= match_shares(p, r, high).mean() <= 1
    assert 0 <= upper_bound(r, low) <= upper_bound(r, high) <= 1


@given(angles)
def test_the_bound_leaves_each_out_against_the_others(references):
    vectors = on_circle(references)
    by_hand = np.mean([match_shares(vectors[i : i + 1], np.delete(vectors, i, 0), 0.1)[0] for i in range(len(vectors))])
    assert upper_bound(vectors, 0.1) == pytest.approx(by_hand)


def test_the_nearest_mean_wins():
    cast = {"bela": on_circle([80, 100]), "ada": on_circle([0]), "cyrus": on_circle([180])}
    assert nearest(on_circle([10, 60, 170]), cast) == ["ada", "bela", "cyrus"]
    assert nearest(on_circle([]).reshape(0, 2), cast) == []


def test_strangers_who_match_the_character_do_not_count():
    references, strangers = on_circle([0, 20]), on_circle([10, 90, 180])
    nearer = nearer_than_strangers(on_circle([5, 40, 85]), references, strangers, threshold=0.05)
    assert nearer.tolist() == [True, True, False]  # 10 degrees matches both references: it may be the character
    assert nearer_than_strangers(on_circle([170]), references, on_circle([10]), 0.05).tolist() == [True]
