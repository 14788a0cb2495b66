"""The choice of a step, on tables of numbers: no models, no plots."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dramatis.score.bootstrap import Estimate
from dramatis.score.choice import Limits, StepScore, choose

LIMITS = Limits(max_control_loss=0.2, max_identified_loss=0.2, max_copy_risk=0.9, tie_margin=0.03, confidence=0.95)
NOISE = np.linspace(-0.05, 0.05, 200)


def step(number, score, identified=0.9, control=0.8, copy=0.5, spread=1.0):
    return StepScore(number, Estimate(score, score + spread * NOISE), identified, control, copy)


BASE = step(0, 0.02, control=0.9)


def test_the_highest_wins():
    chosen, reason = choose(BASE, [step(80, 0.3), step(160, 0.7), step(240, 0.5)], LIMITS)
    assert chosen == 160
    assert reason.startswith("Step 160 has recscore 0.70 [0.6") and "bare base 0.02; it is the highest." in reason


def test_of_equals_the_earliest():
    noisy = step(240, 0.72)._replace(aim=Estimate(0.72, 0.72 + NOISE[::-1]))  # its gain is within the noise
    chosen, reason = choose(BASE, [noisy, step(160, 0.70)], LIMITS)
    assert chosen == 160 and "earliest that cannot be told from the highest, 0.72 at step 240" in reason


def test_a_small_gain_on_every_resample_is_no_tie():
    assert choose(BASE, [step(80, 0.70), step(160, 0.72)], LIMITS)[0] == 160


def test_noise_alone_is_no_tie_beyond_the_margin():
    wide = step(160, 0.8)._replace(aim=Estimate(0.8, 0.8 + 10 * NOISE[::-1]))
    assert choose(BASE, [step(80, 0.7, spread=10), wide], LIMITS)[0] == 160


def test_a_step_that_lost_control_is_left_out():
    chosen, reason = choose(BASE, [step(80, 0.6), step(160, 0.9, control=0.5)], LIMITS)
    assert chosen == 80 and "left out: step 160 (control 0.50, the base 0.90)" in reason


def test_a_step_that_is_taken_for_others_is_left_out():
    chosen, reason = choose(BASE, [step(80, 0.9, identified=0.4), step(160, 0.6, identified=0.95)], LIMITS)
    assert chosen == 160 and "step 80 (identified 0.40 of 0.95)" in reason


def test_a_step_that_copies_is_left_out_though_it_is_recognised_best():
    steps = [step(80, 0.7), step(160, 0.9, copy=0.97), step(240, 0.95, copy=0.99, control=0.6)]
    chosen, reason = choose(BASE, steps, LIMITS)
    assert chosen == 80
    assert "step 160 (copy risk 0.97), step 240 (control 0.60, the base 0.90 and copy risk 0.99)" in reason


def test_where_every_step_breaks_a_limit_those_stay_that_break_them_least():
    chosen, reason = choose(BASE, [step(80, 0.6, control=0.6), step(160, 0.9, control=0.2)], LIMITS)
    assert chosen == 80 and "every step breaks a limit, so those are left that break them least" in reason
    assert "broken: step 80 (control 0.60, the base 0.90), step 160 (control 0.20, the base 0.90)" in reason
    near = [step(80, 0.6, control=0.61), step(160, 0.9, control=0.60)]  # equal but for the margin
    assert choose(BASE, near, LIMITS)[0] == 160


def test_what_is_not_known_limits_nothing():
    steps = [step(80, 0.6, None, None, None), step(160, 0.9, None, None, None)]
    chosen, reason = choose(BASE._replace(control=None), steps, LIMITS, "style gain")
    assert chosen == 160 and reason.startswith("Step 160 has style gain 0.90")


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=6))
def test_the_choice_keeps_the_limits_if_any_step_does(numbers):
    steps = [step(10 * (place + 1), *each) for place, each in enumerate(numbers)]
    highest = max(one.identified for one in steps)

    def allowed(one):
        controlled, known = one.control >= BASE.control - 0.2, one.identified >= highest - 0.2
        return controlled and known and one.copy_risk <= 0.9

    chosen, reason = choose(BASE, steps, LIMITS)
    best = next(one for one in steps if one.step == chosen)
    assert allowed(best) or not any(map(allowed, steps))
    better = [one.aim.value for one in steps if allowed(one)]
    assert not allowed(best) or best.aim.value >= max(better) - LIMITS.tie_margin
    assert reason.endswith(".") and f"Step {chosen} " in reason


def test_order_of_the_steps_does_not_matter():
    steps = [step(240, 0.5), step(80, 0.72), step(160, 0.7)]
    assert choose(BASE, steps, LIMITS) == choose(BASE, steps[::-1], LIMITS)
