"""The pocket tagger: groups, scores, the file that stage `caption` loads, and a training that learns and resumes."""

import csv

import numpy as np
import onnx
import pytest
import torch

from dramatis.backends.tag import load_tagger
from dramatis.core import seeds
from dramatis.pocket.loop import Training
from dramatis.pocket.pictures import GROUPS, Picture, picture
from dramatis.pocket.tagger import batch, crop, loss_of, sample, squared, train_tagger
from dramatis.pocket.tagger_net import Tagger, targets
from dramatis.pocket.tagger_params import TaggerParams
from dramatis.pocket.tagger_score import f1_by_tag, mean

PARAMS = TaggerParams(
    seed=5,
    threads=1,
    steps=3,
    batch=8,
    lr=0.003,
    warm_up=0,
    ema=0.5,
    max_grad_norm=1.0,
    checkpoint_every=2,
    size_px=32,
    widths=(8, 16),
    blocks=(1, 1),
    generated_share=0.5,
    held_out=24,
    min_score=0.5,
)


def test_targets_by_hand():
    groups = {"hair": ("red_hair", "blue_hair"), "mark": ("scar",), "place": ("city", "beach")}
    assert targets(("blue_hair", "city"), groups) == [2, 0, 1]
    with pytest.raises(ValueError, match="group place has 2 tags"):
        targets(("city", "beach"), groups)


def test_every_drawn_picture_fits_the_groups():
    for index in range(200):
        targets(picture(seeds.rng(1, index), 32).tags, GROUPS)


def test_probabilities_of_a_group_add_up_to_one_at_the_most():
    groups = {"hair": ("red_hair", "blue_hair"), "mark": ("scar",)}
    found = Tagger(groups, 32, (8, 16), (1, 1)).eval()(torch.rand(3, 32, 32, 3) * 255)
    assert found.shape == (3, 3)
    assert (found >= 0).all() and (found[:, :2].sum(1) <= 1).all() and (found[:, 2] <= 1).all()


def test_f1_by_hand():
    found = np.array([[1, 0, 0], [1, 0, 0], [0, 0, 0]], bool)
    true = np.array([[1, 1, 0], [0, 0, 0], [1, 0, 0]], bool)
    scores = f1_by_tag(found, true, ("a", "b", "c"))
    assert scores == {"a": 0.5, "b": 0.0, "c": None}
    assert mean(list(scores.values())) == 0.25


def test_squared_pads_with_white():
    square = squared(np.zeros((4, 2, 3), np.uint8), 4)
    assert square.shape == (4, 4, 3)
    assert (square[:, 0] == 255).all() and (square[:, 1:3] == 0).all() and (square[:, 3] == 255).all()


def test_a_crop_keeps_the_whole_figure():
    image = np.zeros((20, 20, 3), np.uint8)
    image[5:15, 8:12] = 1
    for seed in range(20):
        part = crop(Picture(image, (), (("person", (8.0, 5.0, 12.0, 15.0)),)), seeds.rng(seed))
        assert part.sum() == image.sum()


def test_a_sample_depends_on_seed_purpose_and_number_only():
    first, again = sample(PARAMS, "train", 3), sample(PARAMS, "train", 3)
    assert (first[0] == again[0]).all() and first[1] == again[1]
    assert not (first[0] == sample(PARAMS, "clean", 3)[0]).all()


def test_it_learns():
    torch.manual_seed(0)
    net = Tagger(GROUPS, 32, (8, 16), (1, 1))
    training = Training(net, PARAMS.model_copy(update={"steps": 40, "lr": 0.01}))
    given = batch(PARAMS, 0)
    losses = [training.update(loss_of(net, *given)) for _ in range(40)]
    assert losses[-1] < 0.5 * losses[0]


def test_two_trainings_give_the_same_files_that_the_backend_reads(tmp_path):
    for name in ("one", "two"):
        train_tagger(PARAMS, tmp_path / name / "state", tmp_path / name / "out", tmp_path / name / "metrics.json")
    for file in ("out/model.onnx", "out/selected_tags.csv", "metrics.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    model = onnx.load(tmp_path / "one/out/model.onnx")
    assert not any(node.op_type == "BatchNormalization" for node in model.graph.node)
    assert str(tmp_path).encode() not in model.SerializeToString()
    rows = list(csv.DictReader((tmp_path / "one/out/selected_tags.csv").open()))
    assert [row["name"] for row in rows] == [tag for group in GROUPS.values() for tag in group]
    tagger = load_tagger("wd14", tmp_path / "one/out")
    scores = tagger.scores([picture(seeds.rng(1), 48).image])
    assert scores.shape == (1, len(rows)) and (scores >= 0).all() and (scores <= 1).all()
