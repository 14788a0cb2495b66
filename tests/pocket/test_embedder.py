"""The pocket embedders: loss, views, error rates, the file that stage `embed` loads, and exact reruns."""

import json
import math

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from safetensors.torch import load_file

from dramatis.backends.embed import Face, load_embed
from dramatis.core import seeds
from dramatis.pocket.degrade import film_look, generated_look, moved
from dramatis.pocket.embedder import CAST, LOOK_ALIKES, batch, pairs, train_embedder
from dramatis.pocket.embedder_net import Embedder, as_input, contrastive_loss
from dramatis.pocket.embedder_params import EmbedderParams
from dramatis.pocket.embedder_score import auc, best_threshold, difference, equal_error_rate
from dramatis.pocket.embedder_views import crowd, generated_views, resembling, shown, softened, views
from dramatis.pocket.loop import Training
from dramatis.pocket.pictures import characters
from dramatis.pocket.residual import calibrate

VALUES = {
    "seed": 5,
    "threads": 1,
    "precision": "fp32",
    "steps": 3,
    "batch": 8,
    "lr": 0.003,
    "warm_up": 0,
    "ema": 0.5,
    "max_grad_norm": 1.0,
    "checkpoint_every": 2,
    "size_px": 32,
    "width": 16,
    "widths": (8, 16),
    "blocks": (1, 1),
    "views": 2,
    "look_alikes": 0.25,
    "resembled": 0.25,
    "temperature": 0.1,
    "reconstructed": 0,
    "denoised": 0,
    "noise_steps": (30, 480),
    "held_out": 2,
}
PARAMS = EmbedderParams(**VALUES)


def test_error_rates_by_hand():
    same, other = np.array([0.1, 0.2, 0.3, 0.6]), np.array([0.25, 0.5, 0.7, 0.8])
    assert auc(same, other) == pytest.approx((4 + 4 + 3 + 2) / 16)
    assert equal_error_rate(same, other) == pytest.approx(0.25)  # up to 0.3: one of four missed, one of four mixed
    assert best_threshold(same, other) == (pytest.approx(0.65), pytest.approx(8 / 10))


def test_equal_differences_are_taken_together():
    threshold, f1 = best_threshold(np.array([0.1, 0.2]), np.array([0.2, 0.9]))
    assert (threshold, f1) == (pytest.approx(0.55), pytest.approx(4 / 5))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_error_rates_are_shares(same, other):
    same, other = np.array(same), np.array(other)
    assert auc(same, other) == pytest.approx(1 - auc(other, same))
    assert 0 <= equal_error_rate(same, other) <= 1
    threshold, f1 = best_threshold(same, other)
    taken = (same <= threshold).sum(), (other <= threshold).sum()
    assert f1 == pytest.approx(2 * taken[0] / (sum(taken) + len(same)))
    assert f1 >= 2 * len(same) / (2 * len(same) + len(other)) - 1e-9  # as good as taking all


def test_difference_is_half_of_one_less_cosine():
    a, b = np.array([[2.0, 0.0]]), np.array([[3.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    assert difference(a, b) == pytest.approx(np.array([[0.0, 0.5, 1.0]]))


def test_pairs_of_a_cast():
    """Vectors on a circle, one angle for each character; look-alikes stand 10 degrees apart."""
    angles = np.radians([0, 90, 30, 60, 120, 150, 10, 100])  # the last two are look-alikes of the first two
    cast = np.repeat(np.stack([np.cos(angles), np.sin(angles)], -1), 2, axis=0)
    same, other, alike = pairs([cast], 2)
    assert len(same) == CAST and len(alike) == 4 * LOOK_ALIKES and len(other) == 16 * 15 // 2 - CAST - 4 * LOOK_ALIKES
    assert same == pytest.approx(0) and alike == pytest.approx((1 - math.cos(math.radians(10))) / 2)


def test_contrastive_loss_by_hand():
    """Two people in two pictures each, at right angles: every picture finds its other with exp(1) of exp(1) + 2."""
    vectors = torch.tensor([[1.0, 0], [2.0, 0], [0, 1.0], [0, 3.0]])
    assert contrastive_loss(vectors, 2, 1.0).item() == pytest.approx(math.log((math.e + 2) / math.e))


def test_people_who_resemble_somebody_share_looks_and_differ_at_a_glance():
    rng, shared = seeds.rng(7), []
    for who in characters(rng, 60, 0):
        other = resembling(who, rng)
        shared.append(sum(getattr(who, name) == getattr(other, name) for name in ("skin", "hair_colour", "mark")))
        assert (who.wearing(other.outfit)) != other
    assert 1.5 < np.mean(shared) < 2.7  # of three; strangers share a sixth or so of each
    assert len(crowd(rng, 8, 2, 3)) == 8


def test_views_have_faces_and_one_size():
    rng = seeds.rng(2)
    people = characters(rng, 3, 1)
    assert all({"face", "head"} <= dict(shown(rng, who, ("head", "upper", "full")).boxes).keys() for who in people)
    made = views(rng, people, 2, 32) + generated_views(rng, people, 32, softened)
    assert {image.shape for image in made} == {(32, 32, 3)} and len(made) == 9


def test_looks_keep_shape_and_depend_on_the_generator_only():
    image = views(seeds.rng(3), characters(seeds.rng(3), 1, 0), 1, 48)[0]
    for look in (film_look, generated_look):
        first, again = look(image, seeds.rng(4)), look(image, seeds.rng(4))
        assert first.shape == image.shape and first.dtype == np.uint8 and (first == again).all()


def test_motion_blur_keeps_a_plain_area_and_spreads_a_point_along_the_line():
    assert (moved(np.full((9, 9, 3), 90, np.uint8), 5, 0.7) == 90).all()
    point = np.zeros((9, 9, 3), np.uint8)
    point[4, 4] = 255
    spread = moved(point, 4, 0.0)[..., 0]
    assert spread[4].astype(bool).sum() >= 4 and (spread[:3] == 0).all() and (spread[6:] == 0).all()


def test_input_is_normalised_as_for_clip():
    made = as_input([np.full((2, 2, 3), 255, np.uint8)])
    assert made.shape == (1, 3, 2, 2) and made[0, 0, 0, 0] == pytest.approx((1 - 0.48145466) / 0.26862954)


def test_calibrated_statistics_are_those_of_the_batches():
    net = torch.nn.Sequential(torch.nn.BatchNorm2d(1))
    given = [torch.tensor([1.0, 3.0]).view(2, 1, 1, 1), torch.tensor([5.0, 7.0]).view(2, 1, 1, 1)]
    calibrate(net, given.__getitem__, 2)
    assert net[0].running_mean.item() == pytest.approx(4.0) and not net.training


@pytest.mark.parametrize("fault", [{"views": 3}, {"reconstructed": 9}, {"noise_steps": (480, 30)}])
def test_parameters_that_do_not_fit_are_refused(fault):
    with pytest.raises(ValidationError):
        EmbedderParams(**VALUES | fault)


def test_generated_pictures_take_their_places_in_the_batch():
    plain = batch(PARAMS, None, 1)
    params = PARAMS.model_copy(update={"reconstructed": 3})
    mixed = batch(params, lambda drawn, rng: [0 * one.image for one in drawn], 1)
    assert (plain != mixed).flatten(1).any(1).sum() == 3


def test_it_learns():
    torch.manual_seed(0)
    net = Embedder(16, 32, (8, 16), (1, 1))
    training = Training(net, PARAMS.model_copy(update={"steps": 40, "lr": 0.01}))
    given = batch(PARAMS, None, 0)
    losses = [training.update(contrastive_loss(net(given), 2, 0.1)) for _ in range(40)]
    assert losses[-1] < 0.3 * losses[0]


def test_two_trainings_give_the_same_files_that_the_backend_reads(tmp_path):
    for name in ("one", "two"):
        folder = tmp_path / name
        train_embedder(PARAMS, None, None, folder / "state", folder / "out", tmp_path / f"{name}.json")
    for file in ("model_feat.onnx", "metrics.json", "weights.safetensors"):
        assert (tmp_path / "one/out" / file).read_bytes() == (tmp_path / "two/out" / file).read_bytes()
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    model = onnx.load(tmp_path / "one/out/model_feat.onnx")
    assert not any(node.op_type == "BatchNormalization" for node in model.graph.node)
    assert str(tmp_path).encode() not in model.SerializeToString()
    embedder = load_embed("ccip_onnx", tmp_path / "one/out", None, "head", {"head": 1.2, "face": 1.2}, "imagenet")
    assert embedder.threshold == json.loads((tmp_path / "one/out/metrics.json").read_text())["threshold"]
    image = np.zeros((40, 40, 3), np.uint8)
    assert embedder.embed([Face(image, {"face": [9, 9, 30, 30]}, None)]).shape == (1, 16)


def test_a_training_goes_on_from_given_weights(tmp_path):
    train_embedder(PARAMS, None, None, tmp_path / "a", tmp_path / "first", tmp_path / "first.json")
    still = PARAMS.model_copy(update={"lr": 1e-12, "steps": 1, "ema": 0.0})
    train_embedder(
        still,
        tmp_path / "first/weights.safetensors",
        None,
        tmp_path / "b",
        tmp_path / "second",
        tmp_path / "second.json",
    )
    weights = load_file(tmp_path / "first/weights.safetensors")["head.weight"]
    exported = onnx.load(tmp_path / "second/model_feat.onnx").graph.initializer
    assert any(
        list(array.dims) == list(weights.shape) and np.allclose(onnx.numpy_helper.to_array(array), weights)
        for array in exported
    )
