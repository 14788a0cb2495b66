import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.train.schedule import length, rate, saving_steps


def test_rates_by_hand():
    linear = [rate(step, 4, "linear") for step in (1, 2, 3, 4)]
    assert linear == pytest.approx([1, 0.75, 0.5, 0.25])
    late = [rate(step, 4, "linear", decay_from=0.5) for step in (1, 2, 3, 4)]
    assert late == pytest.approx([1, 1, 1, 0.5])
    warm = [rate(step, 4, "constant", warmup_steps=2) for step in (1, 2, 3, 4)]
    assert warm == pytest.approx([0.5, 1, 1, 1])
    assert rate(51, 100, "cosine") == pytest.approx(0.5)


def test_an_unknown_schedule_is_refused():
    with pytest.raises(ValueError, match="zigzag"):
        rate(1, 2, "zigzag")


@given(st.integers(1, 500), st.sampled_from(["constant", "linear", "cosine"]), st.floats(0, 0.99))
def test_rates_stay_in_bounds_and_never_rise_after_the_warm_up(steps, name, decay_from):
    factors = [rate(step, steps, name, decay_from=decay_from) for step in range(1, steps + 1)]
    assert all(0 <= factor <= 1 for factor in factors)
    assert all(later <= earlier + 1e-9 for earlier, later in zip(factors, factors[1:], strict=False))


def test_a_pulse_falls_and_rises_and_a_restart_jumps():
    pulse = [rate(step, 9, "pulsing_cosine", cycle_steps=4) for step in range(1, 10)]
    assert pulse == pytest.approx([1, 0.5, 0, 0.5, 1, 0.5, 0, 0.5, 1])
    jumps = [rate(step, 5, "cosine_restarts", cycle_steps=2) for step in range(1, 6)]
    assert jumps == pytest.approx([1, 0.5, 1, 0.5, 1])
    assert rate(3, 9, "pulsing_cosine", warmup_steps=6, cycle_steps=8) == pytest.approx(0.5 * 0.5)


@given(st.integers(1, 300), st.sampled_from(["cosine_restarts", "pulsing_cosine"]), st.floats(1.5, 400))
def test_cycles_repeat_and_stay_in_bounds(step, name, cycle):
    assert 0 <= rate(step, 300, name, cycle_steps=cycle) <= 1
    whole = float(round(cycle))
    assert rate(step, 300, name, cycle_steps=whole) == pytest.approx(
        rate(step + int(whole), 300, name, cycle_steps=whole)
    )


def test_lengths():
    assert length(7, None, 0, 3.0) == 7
    assert length(None, 2.0, 0, 3.5) == 7
    assert length(None, 1.5, 0, 3.5) == 6  # 5.25
    assert length(None, 15.0, 3000, 20.0) == 3000  # max(15 epochs, 3000 steps)
    assert length(None, 15.0, 3000, 400.0) == 6000
    assert length(None, 3.0, 0, 7 / 3) == 7  # rounding adds no step


def test_saving_steps():
    assert saving_steps(10, 4, None, 3.0) == [4, 8, 10]
    assert saving_steps(8, 4, None, 3.0) == [4, 8]
    assert saving_steps(10, None, 1.0, 3.5) == [4, 7, 10]
    assert saving_steps(10, None, 0.1, 1.0) == list(range(1, 11))
    assert saving_steps(10, None, None, 3.0) == [10]


@given(st.integers(1, 200), st.floats(0.05, 9), st.floats(0.2, 40))
def test_the_last_step_is_saved_and_none_beyond(steps, epochs, per_epoch):
    found = saving_steps(steps, None, epochs, per_epoch)
    assert found[-1] == steps and found == sorted(set(found)) and found[0] >= 1
    assert len(found) <= math.ceil(steps / (epochs * per_epoch)) + 1
