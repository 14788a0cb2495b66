"""Whole repeats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.export.repeats import GOOD, MOST_EPOCHS, whole_repeats


@pytest.mark.parametrize(
    ("rates", "epochs", "repeats"),
    [
        ([40, 8, 4], 1, {40: 40, 8: 8, 4: 4}),
        ([0.5, 1.0, 2.5], 2, {0.5: 1, 1.0: 2, 2.5: 5}),
        ([0.25], 4, {0.25: 1}),
        ([1.02, 2.97], 1, {1.02: 1, 2.97: 3}),
        ([], 1, {}),
    ],
)
def test_the_fewest_epochs_that_fit(rates, epochs, repeats):
    assert whole_repeats(rates) == (epochs, repeats)


def test_a_rate_far_below_the_others_comes_out_too_high_and_says_so():
    repeats = whole_repeats([1.0, 0.01])
    assert repeats.of[0.01] == 1
    assert repeats.deviation(0.01) == pytest.approx(1 / (repeats.epochs * 0.01) - 1)
    assert repeats.epochs == MOST_EPOCHS


def test_further_rates_follow_without_a_say():
    assert whole_repeats([2.0], also=[0.3]) == (1, {0.3: 1, 2.0: 2})


@given(st.lists(st.floats(0.01, 50).map(lambda rate: round(rate, 3)), min_size=1, max_size=8))
def test_repeats_follow_the_order_of_rates_and_no_number_of_epochs_does_better(rates):
    repeats = whole_repeats(rates)
    ordered = sorted(repeats.of)
    assert [repeats.of[rate] for rate in ordered] == sorted(repeats.of.values())
    assert min(repeats.of.values()) >= 1
    worst = max(abs(repeats.deviation(rate)) for rate in ordered)
    for epochs in range(1, MOST_EPOCHS + 1):
        other = max(abs(max(round(epochs * rate), 1) / (epochs * rate) - 1) for rate in ordered)
        assert worst <= max(other, GOOD) + 1e-6
