"""Points from heatmaps, by hand and against what the training compares with the truth."""

import numpy as np
import pytest
import torch

from dramatis.backends.landmarks.heatmap_onnx import peaks
from dramatis.pocket.landmarks_net import places


def test_a_peak_by_hand():
    maps = np.zeros((2, 4, 8))
    maps[0, 1, 2] = 0.9
    maps[1, 3, 0] = maps[1, 3, 1] = 0.5
    points, confidence = peaks(maps)
    assert points[0] == pytest.approx([2.5 / 8, 1.5 / 4], abs=1e-6) and points[1] == pytest.approx([1 / 8, 3.5 / 4])
    assert confidence == pytest.approx([0.9, 0.5])


def test_the_points_are_those_that_the_training_sees():
    logits = torch.from_numpy(np.random.default_rng(0).normal(-3, 2, (1, 68, 16, 16))).float()
    ours, _ = peaks(logits.sigmoid()[0].numpy())
    assert ours * 16 == pytest.approx(places(logits)[0].numpy(), abs=1e-4)


def test_nothing_anywhere_is_finite():
    points, confidence = peaks(np.zeros((1, 4, 4)))
    assert points[0] == pytest.approx([0.5, 0.5]) and confidence[0] < 1e-8
    assert np.isfinite(peaks(np.ones((1, 4, 4)))[0]).all()
