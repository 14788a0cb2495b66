import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.score.recscore import (
    difference,
    interval,
    match_shares,
    nearest,
    recscore,
    resample,
    resampled,
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
    assert recscore(shares, bound) == pytest.approx(1.0)  # 1/3 over 1/3
    assert recscore(np.array([1.0, 1.0]), bound) == 1.0  # never above 1
    assert recscore(np.array([2 / 3, 0, 0, 0]), bound) == pytest.approx(0.5)  # two previews without a face


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


def test_the_interval_holds_the_score_and_narrows_with_more_previews():
    widths = []
    for count in (10, 1000):
        shares = np.tile([0.0, 1.0], count // 2)
        values = resampled(shares, 1.0, resample({"ada": count}, 1000, 7)["ada"])
        low, high = interval(values, 0.95)
        assert low <= 0.5 <= high
        widths.append(high - low)
    assert widths[1] < widths[0] / 5


def test_resamples_depend_on_seed_and_character_only():
    alone, both = resample({"ada": 5}, 100, 7), resample({"bela": 4, "ada": 5}, 100, 7)
    assert np.array_equal(alone["ada"], both["ada"]) and both["bela"].max() == 3
    assert not np.array_equal(alone["ada"], resample({"ada": 5}, 100, 8)["ada"])


def test_the_nearest_mean_wins():
    cast = {"bela": on_circle([80, 100]), "ada": on_circle([0]), "cyrus": on_circle([180])}
    assert nearest(on_circle([10, 60, 170]), cast) == ["ada", "bela", "cyrus"]
    assert nearest(on_circle([]).reshape(0, 2), cast) == []
