"""The layout of OpenSeeFace, decoded by hand, and its 66 points as 68."""

import numpy as np
import pytest
from tiny_onnx import still_openseeface

from dramatis.backends.landmarks import load_landmarks
from dramatis.backends.landmarks.openseeface import CELLS, OF_68, decoded, levelled


def answer(row=9, column=18, down=0.5, right=0.5, chance=0.8):
    maps = np.full((198, CELLS, CELLS), 0.5)
    maps[:66] = 0.1
    maps[:66, row, column] = chance
    maps[66:132, row, column], maps[132:, row, column] = down, right
    return maps


def test_a_point_by_hand():
    points, chances = decoded(answer())
    assert points.shape == (66, 2) and chances == pytest.approx(0.8)
    assert points[0] == pytest.approx([223 * 18 / 27 + 0.5, 223 * 9 / 27 + 0.5])  # a chance of one half moves nothing
    points, _ = decoded(answer(right=1 / (1 + np.exp(-0.16)), down=1 / (1 + np.exp(0.32))))
    assert points[0] == pytest.approx([223 * (18 / 27 + 0.01) + 0.5, 223 * (9 / 27 - 0.02) + 0.5])


def test_chances_of_0_and_1_stay_finite():
    assert np.isfinite(decoded(answer(down=0.0, right=1.0))[0]).all()


def test_66_points_are_68_with_each_corner_of_the_mouth_twice():
    assert OF_68.shape == (68,) and set(OF_68) == set(range(66))
    assert OF_68[48] == OF_68[60] == 58 and OF_68[54] == OF_68[64] == 62
    others = np.delete(np.arange(68), [48, 54])
    assert (np.diff(OF_68[others]) > 0).all()  # all others in order


def test_points_are_put_back_into_the_picture(tmp_path):
    """A model that always sees the same: the second look is at the points of the first."""
    still_openseeface(tmp_path / "model.onnx")
    found = load_landmarks("openseeface", tmp_path).find(np.zeros((100, 100, 3), np.uint8), np.array([20, 20, 60, 70]))
    maps = np.full((198, CELLS, CELLS), 0.5)
    maps[:66] = 0.1
    for n in range(66):
        maps[n, 9 + n // 10, 18 - n % 10] = 0.8
    seen, _ = decoded(maps)
    first = np.array([20 - 4, 20 - 6.25]) + seen * np.array([48, 62.5]) / 224
    to_picture = levelled(first)
    assert found.points == pytest.approx((seen @ to_picture[:, :2].T + to_picture[:, 2])[OF_68])
    assert found.confidence == pytest.approx(0.8)


@pytest.mark.parametrize("degrees", [-90, -30, 0, 50])
def test_a_level_view_holds_all_points_with_the_eyes_on_one_height(degrees):
    rng, turn = np.random.default_rng(0), np.radians(degrees)
    face = rng.uniform(-30, 30, (66, 2))
    face[36:42], face[42:48] = rng.normal([-15, 0], 1, (6, 2)), rng.normal([15, 0], 1, (6, 2))
    face[42:48, 1] += face[36:42, 1].mean() - face[42:48, 1].mean()
    tilted = face @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + [50, 60]
    to_picture = levelled(tilted)
    seen = (tilted - to_picture[:, 2]) @ np.linalg.inv(to_picture[:, :2]).T
    assert seen.min() > 0 and seen.max() < 224
    right, left = seen[36:42].mean(0), seen[42:48].mean(0)
    assert right[1] == pytest.approx(left[1]) and right[0] < left[0]
    assert seen[:, 0].min() == pytest.approx(224 * 0.1 / 1.2) and seen[:, 1].min() == pytest.approx(224 * 0.125 / 1.25)
