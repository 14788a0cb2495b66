"""The peers' formula with its faults, which were measured with their own code (notes of 2024)."""

import numpy as np
import pytest

from dramatis.score.legacy import control, integrate, likeness, normalised, tag_weights


def on_circle(degrees):
    radians = np.radians(np.array(degrees, float))
    return np.stack([np.cos(radians), np.sin(radians)], 1).astype(np.float32)


def test_likeness_by_hand():
    trained = on_circle([0, 10, 180])  # their mean lies at about 10 degrees, and matches two of three
    assert likeness(on_circle([5]), trained, 0.05) == pytest.approx(1.0)
    assert likeness(on_circle([5]), trained, 0.05, faceless=1) == pytest.approx(0.5)
    assert likeness(on_circle([90]), trained, 0.05) == 0


def test_it_may_pass_one_and_says_nothing_of_equal_steps():
    spread = on_circle([0, 60, 120, 180, 240, 300])  # a mean of no direction
    assert likeness(on_circle([0]), spread, 0.05) >= 1
    assert np.isnan(integrate([1.0, 1.0, 1.0], [0.5, 0.6, 0.7])).all()


def test_a_run_that_draws_nobody_gets_what_a_good_one_gets():
    good = integrate([0.80, 0.85, 0.90, 0.95], [0.6, 0.6, 0.6, 0.6])
    poor = integrate([0.10, 0.15, 0.20, 0.25], [0.6, 0.6, 0.6, 0.6])
    assert good == pytest.approx(poor)


def test_it_prefers_the_step_that_lost_control():
    found = integrate([0.80, 0.82, 0.84, 0.88], [0.60, 0.60, 0.58, 0.40])
    assert found.argmax() == 3


def test_normalised_is_about_six_tenths():
    assert normalised(np.array([1.0, 3.0])) == pytest.approx([0.4, 0.8])
    assert normalised(np.array([0.5, 0.501]), 0.015).max() < 0.61


def test_control_weighs_what_is_said_often():
    weights = tag_weights({"hat": 100, "sea": 1})
    assert weights["hat"] > weights["sea"] > 0 and tag_weights({}) == {}
    assert control({"hat": 1.0, "sea": 0.0}, {}, weights) > 0.5
    assert control({"hat": 1.0}, {"sea": 1.0}, {}) == 0.5 and control({}, {}, weights) is None
