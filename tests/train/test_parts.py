import numpy as np
import pytest
import torch
from diffusers import DDPMScheduler

from dramatis.core import seeds
from dramatis.train.captions import vary
from dramatis.train.objective import min_snr_weight, signal_to_noise, target


def test_the_name_stays_first_and_no_tag_is_lost():
    caption = "ada, 1person, head, red_robe, forest"
    varied = [vary(caption, seeds.rng(7, step), True, 1, 0.0, 0.0) for step in range(20)]
    assert all(text.startswith("ada, ") for text in varied)
    assert all(sorted(text.split(", ")) == sorted(caption.split(", ")) for text in varied)
    assert len(set(varied)) > 5


def test_dropout_empties_its_share_of_captions():
    empty = [vary("ada, x", seeds.rng(7, step), False, 1, 0.0, 0.3) == "" for step in range(1000)]
    assert 0.25 < np.mean(empty) < 0.35


def test_tag_dropout_leaves_out_its_share_of_tags_and_never_the_kept_ones():
    varied = [vary("ada, a, b, c", seeds.rng(7, step), False, 1, 0.3, 0.0).split(", ") for step in range(1000)]
    assert all(tags[0] == "ada" and tags == sorted(tags, key="ada a b c".index) for tags in varied)
    for tag in "abc":
        assert 0.25 < np.mean([tag not in tags for tags in varied]) < 0.35


def test_targets_of_each_prediction_type():
    latents, noise, t = torch.full((1, 1, 1, 1), 2.0), torch.full((1, 1, 1, 1), 3.0), torch.tensor([400])
    kept = DDPMScheduler().alphas_cumprod[400]
    wanted = {"epsilon": 3.0, "sample": 2.0, "v_prediction": float(kept.sqrt() * 3 - (1 - kept).sqrt() * 2)}
    for kind, value in wanted.items():
        found = target(DDPMScheduler(prediction_type=kind), latents, noise, t)
        assert float(found) == pytest.approx(value, rel=1e-5)


def test_min_snr_weights_by_hand():
    snr = torch.tensor([1.0, 10.0])
    assert min_snr_weight(snr, 5.0, "epsilon").tolist() == pytest.approx([1, 0.5])
    assert min_snr_weight(snr, 5.0, "v_prediction").tolist() == pytest.approx([1 / 2, 5 / 11])
    assert min_snr_weight(snr, 5.0, "sample").tolist() == pytest.approx([1, 5])


def test_the_ratio_falls_with_the_noise():
    ratios = signal_to_noise(DDPMScheduler(), torch.tensor([0, 500, 999]))
    assert ratios[0] > ratios[1] > ratios[2] > 0
