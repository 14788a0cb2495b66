import numpy as np
import pytest

from dramatis.score.choice import Limits, StepScore, choose
from dramatis.score.recscore import resample
from dramatis.score.summary import Rules, Seen, confusion, metrics

LIMITS = Limits(max_control_loss=0.15, max_identified_loss=0.2, tie_margin=0.05, confidence=0.95)
NOISE = np.random.default_rng(7).normal(0, 0.03, 400)


def step(number, recscore, identified=0.9, control=0.8, spread=1.0):
    return StepScore(number, recscore, identified, control, recscore + spread * NOISE)


BASE = step(0, 0.02, identified=0.1, control=0.9)


def test_the_highest_wins_when_it_stands_out():
    chosen, reason = choose(BASE, [step(80, 0.3), step(160, 0.7), step(240, 0.5)], LIMITS)
    assert chosen == 160
    assert reason.startswith("Step 160 has recscore 0.70 [0.6") and "bare base 0.02; it is the highest." in reason


def test_of_equals_the_earliest():
    noisy = step(240, 0.72)._replace(resamples=0.72 + NOISE[::-1])  # its gain over step 160 is within the noise
    chosen, reason = choose(BASE, [noisy, step(160, 0.70)], LIMITS)
    assert chosen == 160 and "earliest that cannot be told from the highest, 0.72 at step 240" in reason


def test_a_small_gain_on_every_resample_is_no_tie():
    assert choose(BASE, [step(80, 0.70), step(160, 0.72)], LIMITS)[0] == 160


def test_noise_alone_is_no_tie_beyond_the_margin():
    wide = step(160, 0.8)._replace(resamples=0.8 + 10 * NOISE[::-1])
    assert choose(BASE, [step(80, 0.7, spread=10), wide], LIMITS)[0] == 160


def test_a_step_that_lost_control_is_left_out():
    chosen, reason = choose(BASE, [step(80, 0.6), step(160, 0.9, control=0.5)], LIMITS)
    assert chosen == 80 and "left out: step 160 (control 0.50, the base 0.90)" in reason


def test_a_step_that_is_taken_for_others_is_left_out():
    chosen, reason = choose(BASE, [step(80, 0.9, identified=0.4), step(160, 0.6, identified=0.95)], LIMITS)
    assert chosen == 160 and "step 80 (identified 0.40 of 0.95)" in reason


def test_where_every_step_breaks_a_limit_none_is_left_out():
    chosen, reason = choose(BASE, [step(80, 0.6, control=0.1), step(160, 0.9, control=0.2)], LIMITS)
    assert chosen == 160 and "every step breaks a limit" in reason


def test_without_known_tags_control_limits_nothing():
    steps = [step(80, 0.6, control=None), step(160, 0.9, control=None)]
    assert choose(BASE._replace(control=None), steps, LIMITS)[0] == 160


def seen(shares, nearest, control=1.0):
    return Seen(np.array(shares, float), nearest, [control] * len(shares))


GRID = {
    0: {"ada": seen([0, 0], [None, "cyrus"]), "bela": seen([0.5, 0], ["bela", "ada"])},
    80: {"ada": seen([1, 0.5], ["ada", "ada"]), "bela": seen([0.25, 0.25], ["bela", "ada"], control=0.9)},
}
RULES = Rules({"ada": 1.0, "bela": 0.5}, resample({"ada": 2, "bela": 2}, 200, 7), LIMITS)


def test_the_top_values_are_the_least_over_the_characters():
    result = metrics(GRID, RULES)
    assert (result["recscore"], result["recscore_raw"]) == pytest.approx((0.5, 0.25))
    assert result["by_character"]["ada"]["recscore"] == pytest.approx(0.75)
    assert result["by_character"]["bela"]["recscore"] == pytest.approx(0.5)
    assert result["base_recscore"] == 0 and result["by_character"]["bela"]["base_recscore"] == pytest.approx(0.5)
    assert result["identified"] == 0.5 and result["control"] == pytest.approx(0.9)
    assert result["best_step"] == 80 == result["by_character"]["bela"]["best_step"]
    assert list(result["by_step"]) == ["step-000000", "step-000080"]
    assert result["by_step"]["step-000000"]["faces"] == 0.5
    low, high = result["interval"]
    assert low <= result["recscore"] <= high
    keys = {"recscore", "base_recscore", "best_step", "identified", "control", "interval", "reason"}
    assert keys <= set(result) and all(keys <= set(one) for one in result["by_character"].values())
    assert "For bela alone: Step 80" in result["by_character"]["bela"]["reason"]


def test_confusion_counts_every_preview():
    assert confusion(GRID[0], ["ada", "bela", "cyrus"]) == {
        "ada": {"ada": 0, "bela": 0, "cyrus": 1, "nobody": 1},
        "bela": {"ada": 1, "bela": 1, "cyrus": 0, "nobody": 0},
    }
