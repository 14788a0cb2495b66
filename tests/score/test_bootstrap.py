import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.score.bootstrap import Estimate, draws, least, mean, middle, most

shares = st.lists(st.floats(0, 1) | st.just(float("nan")), min_size=1, max_size=12)


def test_mean_by_hand():
    drawn = np.array([[0, 0, 0], [2, 2, 2], [0, 1, 2]])
    found = mean(np.array([0.0, np.nan, 1.0]), drawn)
    assert found.value == 0.5 and found.resamples.tolist() == [0.0, 1.0, 0.5]
    assert mean(np.array([np.nan, 3.0]), np.array([[0, 0]])).resamples.tolist() == [3.0]  # a resample of nothing
    assert mean(np.array([np.nan, np.nan]), np.array([[0, 1]])) is None


@given(shares)
def test_the_interval_lies_where_the_values_do(values):
    found = mean(np.array(values), draws(len(values), 200, 7, "ada"))
    if found is not None:
        low, high = found.interval(0.95)
        assert 0 <= low <= high <= 1 and low - 1e-9 <= np.median(found.resamples) <= high + 1e-9


def test_the_interval_narrows_with_more_previews():
    widths = []
    for count in (10, 1000):
        low, high = mean(np.tile([0.0, 1.0], count // 2), draws(count, 1000, 7, "ada")).interval(0.95)
        assert low <= 0.5 <= high
        widths.append(high - low)
    assert widths[1] < widths[0] / 5


def test_a_paired_difference_knows_what_the_same_previews_share():
    hard, drawn = np.tile([0.0, 0.8], 20), draws(40, 1000, 7, "ada")
    change = mean(hard + 0.1, drawn).minus(mean(hard, drawn))
    assert change.value == pytest.approx(0.1) and change.interval(0.95) == pytest.approx((0.1, 0.1))


def test_draws_depend_on_seed_and_group_only():
    assert np.array_equal(draws(5, 100, 7, "ada"), draws(5, 100, 7, "ada")) and draws(4, 100, 7, "ada").max() == 3
    assert not np.array_equal(draws(5, 100, 7, "ada"), draws(5, 100, 8, "ada"))
    assert not np.array_equal(draws(5, 100, 7, "ada"), draws(5, 100, 7, "bela"))


def test_several_as_one():
    a, b = Estimate(0.2, np.array([0.1, 0.9])), Estimate(0.4, np.array([0.5, 0.5]))
    assert least([a, None, b]).value == 0.2 and least([a, b]).resamples.tolist() == [0.1, 0.5]
    assert most([a, b]).resamples.tolist() == [0.5, 0.9] and middle([a, b]).value == pytest.approx(0.3)
    assert least([None]) is None
