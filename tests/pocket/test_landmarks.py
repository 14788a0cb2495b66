"""What the landmark model learns from, its loss, and a short training."""

import json

import numpy as np
import pytest
import torch

from dramatis.backends.landmarks import load_landmarks
from dramatis.core.params import load_params
from dramatis.pocket.landmarks import train_landmarks
from dramatis.pocket.landmarks_net import heatmaps, landmark_loss, places
from dramatis.pocket.landmarks_params import LandmarksParams
from dramatis.pocket.landmarks_samples import MIRRORED, in_style, mirrored, sample, seen
from dramatis.pocket.landmarks_score import errors
from dramatis.pocket.params import POCKET_PARAMS


def test_mirroring_twice_is_nothing_and_swaps_the_eyes():
    assert np.array_equal(MIRRORED[MIRRORED], np.arange(68))
    assert set(MIRRORED[36:42]) == set(range(42, 48)) and MIRRORED[36] == 45 and MIRRORED[48] == 54
    points = np.random.default_rng(0).random((3, 68, 2)).astype(np.float32)
    assert mirrored(mirrored(points)) == pytest.approx(points, abs=1e-6)


def test_samples_repeat_and_purposes_differ():
    first, again, other = sample(1, "train", 3), sample(1, "train", 3), sample(1, "held-out", 3)
    assert np.array_equal(first.image, again.image) and np.array_equal(first.box, again.box)
    assert first.image.shape != other.image.shape or not np.array_equal(first.image, other.image)
    drawn = [sample(1, "train", index, nobody=0.3) for index in range(60)]
    hidden = sum(face.points is None for face in drawn)
    assert 8 < hidden < 30
    assert all((face.box[2:] - face.box[:2] >= 4).all() for face in drawn)
    assert all(face.points is None or face.points.shape == (68, 2) for face in drawn)


def test_what_the_model_sees_holds_the_points():
    inside = [seen(face, 1.3, 64).points for face in (sample(2, "train", index, 0) for index in range(60))]
    shares = [((points > 0) & (points < 1)).all(-1).mean() for points in inside if not np.isnan(points).any()]
    assert np.mean(shares) > 0.95


def test_styles_keep_the_size():
    image = sample(1, "train", 0).image
    for seed in range(20):
        styled = in_style(image, np.random.default_rng(seed))
        assert styled.shape == image.shape and styled.dtype == np.uint8


def test_heatmaps_by_hand():
    points = torch.full((1, 68, 2), float("nan"))
    points[0, 0] = torch.tensor([2.5, 1.5])
    maps = heatmaps(points, 4, 6)
    assert maps.shape == (1, 68, 4, 6) and maps[0, 0, 1, 2] == 1
    assert maps[0, 0, 1, 3] == pytest.approx(np.exp(-0.5)) and maps[0, 1:].abs().max() == 0


def test_the_loss_is_least_where_the_points_are():
    points = torch.full((2, 68, 2), 5.5)
    points[1] = float("nan")
    target = heatmaps(points, 16, 16).clamp(1e-4, 1 - 1e-4)
    right, shifted = target.logit(), target.roll(3, dims=3).logit()
    assert places(20 * right)[0, 0].tolist() == pytest.approx([5.5, 5.5], abs=0.01)
    assert landmark_loss(right, points, 0.02) < landmark_loss(shifted, points, 0.02)
    assert torch.isfinite(landmark_loss(right[1:], points[1:], 0.02))  # nobody in the whole batch


def test_errors_by_hand():
    face = next(face for face in (sample(4, "x", index, 0) for index in range(9)) if face.points is not None)
    found = errors([(face, face.points + [0.3 * face.eyes_px, 0.4 * face.eyes_px])])
    assert found["over eye distance"] == pytest.approx(0.5) and found["share missed"] == 1
    assert errors([(face, face.points)])["over face size"] == 0


def test_the_committed_model_is_measured_and_small():
    params = load_params("landmarks", LandmarksParams, POCKET_PARAMS)
    file = POCKET_PARAMS.parent / "landmarks" / "landmarks.onnx"
    assert file.stat().st_size <= 1_000_000
    measured = json.loads((POCKET_PARAMS.parent / "metrics" / "landmarks.json").read_text())
    assert measured["pictures"] == params.held_out
    finder = load_landmarks("heatmap_onnx", file)
    faces = [face for face in (sample(params.seed, "again", n, 0) for n in range(120)) if face.points is not None]
    again = errors([(face, finder.find(face.image, face.box).points) for face in faces])
    said = measured["error"]["all"]["over eye distance"]
    assert again["over eye distance"] == pytest.approx(said, rel=0.3) and said < 0.1


def test_a_training_learns_writes_what_the_backend_reads_and_repeats(tmp_path):
    params = load_params("landmarks", LandmarksParams, POCKET_PARAMS).model_copy(
        update={"pictures": 64, "held_out": 40, "steps": 12, "warm_up": 2, "batch": 16, "widths": (8, 12, 16, 24)}
    )
    for name in ("a", "b"):
        train_landmarks(params, tmp_path / name / "state", tmp_path / name / "net", tmp_path / name / "metrics.json")
    a, b = ((tmp_path / name / "net" / "landmarks.onnx").read_bytes() for name in ("a", "b"))
    assert a == b
    losses = [float(line.split(",")[1]) for line in (tmp_path / "a" / "state" / "log.csv").read_text().splitlines()]
    assert np.isfinite(losses).all()
    measured = json.loads((tmp_path / "a" / "metrics.json").read_text())
    assert measured["error"]["all"]["faces"] > 20 and 0 <= measured["confidence"]["lowest tenth of faces below"] <= 1
