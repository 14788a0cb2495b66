"""Small measures of one picture or a few: light, seams, people, pose, style, ranks, several characters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.eyes.groups import together
from dramatis.eyes.leaks import people, seam
from dramatis.eyes.style import features, style_distances
from dramatis.eyes.tone import luma, rmse
from dramatis.score.oracle import ranks, spearman
from dramatis.score.pose import pose_error


def flat(level, height=64, width=64):
    return np.full((height, width, 3), level, np.uint8)


def noise(seed, height=64, width=64):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_luma_and_rmse_by_hand():
    assert luma(flat(0)) == 0 and luma(flat(255)) == 1 and luma(flat(51)) == pytest.approx(0.2)
    assert rmse(flat(10), flat(13)) == 3 and rmse(flat(10), flat(13, 32, 32)) == 3


def test_two_pictures_side_by_side_have_a_seam_and_one_has_none():
    soft = np.repeat(np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], 64, 0).repeat(3, 2)
    assert seam(np.concatenate([flat(40)[:, :32], flat(200)[:, 32:]], 1)) == 1
    assert seam(flat(90)) == 0 and seam(soft) == 0
    half = flat(40)
    half[:32, 32:] = 200  # a door: it ends half way
    assert seam(half) == pytest.approx(0.5)
    window = flat(40)
    window[:, 60:] = 200  # at the border: a frame, no seam
    assert seam(window) == 0 and seam(noise(1)) < 0.5


def test_people_are_boxes_apart_of_like_size():
    one, inside, beside, far = [0, 0, 40, 40], [10, 10, 35, 35], [50, 0, 90, 40], [92, 0, 99, 7]
    assert people(np.array([one, inside], float), 0.5) == 1
    assert people(np.array([one, beside, far], float), 0.5) == 2
    assert people(np.array([one, beside, far], float), 0.1) == 3
    assert people(np.empty((0, 4)), 0.5) == 0


def test_pose_error_in_diagonals_of_the_asked_face():
    asked = np.array([[0.2, 0.2], [0.5, 0.6]])  # a diagonal of 0.5
    assert pose_error(asked + [0.03, 0.04], asked) == pytest.approx(0.1)
    assert pose_error(asked, asked) == 0 and pose_error(None, asked) == 1 and pose_error(asked + 9, asked) == 1


def test_style_tells_noise_from_smooth_and_forgets_where_things_are():
    smooth = [
        np.clip(flat(120) + np.linspace(0, step, 64)[None, :, None], 0, 255).astype(np.uint8) for step in (40, 60)
    ]
    real = np.stack([features(image) for image in smooth])
    moved = features(smooth[0][:, ::-1])
    near, far = style_distances(np.stack([moved, features(noise(1))]), real)
    assert near < 2 < far
    assert features(flat(0)).shape == (20,) and np.isfinite(features(flat(0, 5, 200))).all()


def test_ranks_share_places():
    assert ranks([3, 1, 1, 2]).tolist() == [4, 1.5, 1.5, 3]


@given(st.lists(st.integers(-5, 5), min_size=3, max_size=8, unique=True))
def test_spearman_sees_order_alone(values):
    assert spearman(values, np.exp(values)) == pytest.approx(1)
    assert spearman(values, [-value for value in values]) == pytest.approx(-1)


def test_spearman_of_too_few_or_all_equal():
    assert spearman([1, 2], [1, 2]) is None and spearman([1, 1, 1], [1, 2, 3]) is None


BOTH = np.array([[1.0, 0.0], [0.0, 0.9]])


def test_two_who_were_asked_for_stand_left_and_right():
    found = together(["ada", "bela"], BOTH, ["ada", "bela"], np.array([0.2, 0.8]))
    assert found == (True, True, False, False)
    assert together(["ada", "bela"], BOTH, ["ada", "bela"], np.array([0.8, 0.2])) == (True, False, False, False)


def test_blended_and_cloned():
    one_face = together(["ada", "bela"], np.array([[0.9, 0.8]]), ["ada"], np.array([0.5]))
    assert one_face == (False, False, True, False)
    twice = together(["ada", "bela"], np.array([[1.0, 0], [0.7, 0]]), ["ada", "ada"], np.array([0.2, 0.8]))
    assert twice == (False, False, False, True)
    assert together(["ada", "bela"], np.empty((0, 2)), [], np.empty(0)) == (False, False, False, False)
    stranger = together(["ada", "bela"], np.array([[0.2, 0.1]]), ["ada"], np.array([0.5]))  # nearest, but no match
    assert stranger == (False, False, False, False)
