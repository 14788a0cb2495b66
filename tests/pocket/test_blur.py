"""What the blur net learns from: blurs of known radius, on pictures that nobody took."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.core import seeds
from dramatis.core.params import load_params
from dramatis.pocket.blur import train_blur
from dramatis.pocket.blur_params import BlurParams
from dramatis.pocket.blur_samples import sample
from dramatis.pocket.blur_scenes import clouds, dead_leaves, drawn_face, scene, soft_head, written
from dramatis.pocket.blurring import KINDS, SHARPEST_PX, blurred, joined, kernel, radii, resized
from dramatis.pocket.params import POCKET_PARAMS
from dramatis.quality.blur import BlurNet


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("radius", [1.0, 2.5, 6.0])
def test_a_kernel_has_the_radius_that_was_asked_for(kind, radius):
    spread = kernel(kind, radius, angle=0.7)
    long_px, short_px = radii(spread)
    assert spread.sum() == pytest.approx(1, abs=1e-5) and spread.min() >= 0
    assert long_px == pytest.approx(radius, rel=0.11)
    assert short_px < 0.5 if kind == "motion" else short_px == pytest.approx(long_px, rel=0.01)


def test_the_radii_of_a_kernel_by_hand():
    assert radii(np.full((1, 3), 1 / 3)) == (pytest.approx(np.sqrt(2 / 3)), 0)
    assert radii(np.ones((1, 1))) == (0, 0)


@pytest.mark.parametrize(("angle", "axis"), [(0, 1), (np.pi / 2, 0)])
def test_a_motion_blurs_along_its_angle(angle, axis):
    dot = np.zeros((41, 41), np.uint8)
    dot[20, 20] = 255
    seen = np.argwhere(blurred(dot, kernel("motion", 4, angle)) > 3)
    reach = np.ptp(seen, axis=0)
    assert reach[axis] == pytest.approx(4 * np.sqrt(12), abs=2) and reach[1 - axis] <= 2


def test_radii_of_resized_and_joined_blurs():
    assert joined(3, 4) == 5
    assert resized(2, 3) == 6  # enlarged with the picture
    assert resized(4, 0.5) == pytest.approx(joined(2, SHARPEST_PX * np.sqrt(0.75)))
    assert resized(SHARPEST_PX, 0.3) == pytest.approx(SHARPEST_PX)  # as sharp as pixels can be, before and after


@given(st.floats(0.43, 20), st.floats(0.2, 3))
def test_no_resized_picture_is_sharper_than_its_pixels(radius, ratio):
    assert resized(radius, ratio) >= SHARPEST_PX * min(ratio, 1) and resized(radius, ratio) >= ratio * radius - 1e-9


@pytest.mark.parametrize("draw", [drawn_face, soft_head, dead_leaves, written, scene])
def test_scenes_have_the_size_asked_for_and_repeat(draw):
    for size in ((16, 20), (90, 121)):
        first, again, other = (draw(seeds.rng(seed, "scene"), *size) for seed in (1, 1, 2))
        assert first.shape == (size[1], size[0], 3) and first.dtype == np.uint8
        assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_clouds_are_rougher_the_flatter_their_spectrum():
    rough = [np.abs(np.diff(clouds(seeds.rng(0, "clouds"), 64, 64, slope))).mean() for slope in (0.5, 1.0, 2.0)]
    assert rough == sorted(rough, reverse=True)


def test_samples_repeat_and_purposes_differ():
    first, again, other = sample(1, "train", 3), sample(1, "train", 3), sample(1, "held-out", 3)
    assert np.array_equal(first.luma, again.luma) and first[1:] == again[1:]
    assert first.luma.shape != other.luma.shape or not np.array_equal(first.luma, other.luma)
    many = [sample(1, "train", index) for index in range(30)]
    assert all(one.long_px >= one.short_px >= 0.6 * SHARPEST_PX for one in many)
    assert any(one.long_px > 2 * one.short_px for one in many) and {one.luma.ndim for one in many} == {2}


def test_a_training_learns_writes_what_the_stage_reads_and_repeats(tmp_path):
    params = load_params("blur", BlurParams, POCKET_PARAMS).model_copy(
        update={"pictures": 150, "held_out": 40, "steps": 150, "warm_up": 5, "batch": 64, "widths": (16, 8)}
    )
    for name in ("a", "b"):
        train_blur(params, tmp_path / name / "state", tmp_path / name / "net", tmp_path / name / "metrics.json")
    a, b = ((tmp_path / name / "net" / "blur.safetensors").read_bytes() for name in ("a", "b"))
    assert a == b
    net = BlurNet(tmp_path / "a" / "net")
    board = (60 + 120 * np.kron(np.indices((6, 6)).sum(0) % 2, np.ones((12, 12)))).astype(np.uint8)
    assert net(cv2.GaussianBlur(board, (0, 0), 4)).long_px > 1.5 * net(board).long_px
