import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.pocket.blurring import blurred, kernel
from dramatis.quality.gradients import DIRECTIONS, features, gradients, power_means

TURNS = np.pi * np.arange(DIRECTIONS) / DIRECTIONS


def textured(seed=0, height=64, width=48):
    return np.random.default_rng(seed).integers(40, 200, (height, width)).astype(np.uint8)


def test_power_means_by_hand():
    x, y = np.array([[3.0, -3.0]], np.float32), np.zeros((1, 2), np.float32)
    for power in (2, 4, 8):
        assert power_means(x, y, power) == pytest.approx(3 * np.abs(np.cos(TURNS)), abs=1e-3 if power == 2 else 0.1)


@given(st.integers(0, 99), st.sampled_from((2, 4, 8)))
def test_power_means_are_those_of_the_direction_itself(seed, power):
    x, y = np.random.default_rng(seed).normal(size=(2, 9, 7)).astype(np.float32)
    along = np.abs(x.ravel()[:, None] * np.cos(TURNS) + y.ravel()[:, None] * np.sin(TURNS))  # (pixels, directions)
    assert power_means(x, y, power) == pytest.approx((along**power).mean(0) ** (1 / power), rel=1e-3)


def test_contrast_and_brightness_change_no_feature():
    picture = textured()
    halved = (90 + picture // 2).astype(np.uint8)
    assert features(halved) == pytest.approx(features(picture // 2 * 2), abs=0.03)


@pytest.mark.parametrize("angle", [0.0, np.pi / 4, np.pi / 2])
def test_the_direction_that_lost_most_is_that_of_the_motion(angle):
    found = gradients(blurred(textured(), kernel("motion", 3, angle))).angle
    away = abs(found - angle) % np.pi
    assert min(away, np.pi - away) <= np.pi / DIRECTIONS + 1e-6


def test_tiny_pictures_have_features_of_the_same_number():
    sizes = ((3, 3), (5, 16), (64, 48), (201, 150))
    assert len({features(textured(1, *size)).shape for size in sizes}) == 1
    assert all(np.isfinite(features(textured(1, *size))).all() for size in sizes)
