import pytest
import torch
from diffusers import DDPMScheduler
from diffusers.training_utils import compute_snr
from hypothesis import given
from hypothesis import strategies as st
from tiny_sd import TRAIN
from torch.nn import functional

from dramatis.train.batches import Batch
from dramatis.train.objective import (
    deviation,
    errors,
    losses,
    min_snr_weight,
    offset_noise,
    pyramid_noise,
    signal_to_noise,
    target,
)
from dramatis.train.params import Objective

PLAIN = TRAIN["objective"]
KINDS = ["epsilon", "v_prediction", "sample"]
CPU = torch.device("cpu")


def batch(count=3, side=8, maps=None):
    generator = torch.Generator().manual_seed(4)
    return Batch(
        mean=torch.randn(count, 4, side, side, generator=generator),
        std=torch.full((count, 4, side, side), 0.1),
        captions=["ada"] * count,
        weights=torch.ones(count),
        maps=torch.ones(count, side, side) if maps is None else maps,
        time_ids=torch.zeros(count, 6),
        control=None,
    )


def generator(seed=1):
    return torch.Generator().manual_seed(seed)


def lost(predict=None, scheduler=None, data=None, seed=1, **changes):
    predict = predict or (lambda noisy, *_: torch.zeros_like(noisy))
    params = Objective.model_validate(PLAIN | changes)
    return losses(predict, scheduler or DDPMScheduler(), data or batch(), params, generator(seed), CPU)


def test_targets_of_each_prediction_type():
    latents, noise, t = torch.full((1, 1, 1, 1), 2.0), torch.full((1, 1, 1, 1), 3.0), torch.tensor([400])
    kept = DDPMScheduler().alphas_cumprod[400]
    wanted = {"epsilon": 3.0, "sample": 2.0, "v_prediction": float(kept.sqrt() * 3 - (1 - kept).sqrt() * 2)}
    for kind, value in wanted.items():
        found = target(DDPMScheduler(prediction_type=kind), latents, noise, t)
        assert float(found) == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_who_knows_the_target_loses_nothing(kind):
    scheduler, data = DDPMScheduler(prediction_type=kind), batch()
    latents, noise = data.mean, torch.randn(data.mean.shape, generator=generator())
    t = torch.tensor([10, 500, 990])
    perfect = target(scheduler, latents, noise, t)
    assert errors(lambda *_: perfect, scheduler, data, latents, noise, t).tolist() == [0, 0, 0]
    assert errors(lambda *_: perfect + 2, scheduler, data, latents, noise, t).tolist() == pytest.approx([4, 4, 4])


def test_ratios_are_those_of_diffusers():
    scheduler, t = DDPMScheduler(), torch.tensor([0, 1, 500, 999])
    assert torch.allclose(signal_to_noise(scheduler, t), compute_snr(scheduler, t), rtol=1e-4)


def test_min_snr_weights_by_hand():
    snr = torch.tensor([1.0, 10.0])
    assert min_snr_weight(snr, 5.0, "epsilon").tolist() == pytest.approx([1, 0.5])
    assert min_snr_weight(snr, 5.0, "v_prediction").tolist() == pytest.approx([1 / 2, 5 / 11])
    assert min_snr_weight(snr, 5.0, "sample").tolist() == pytest.approx([1, 5])


def test_min_snr_with_zero_terminal_snr_is_a_number_at_the_very_end():
    scheduler = DDPMScheduler(prediction_type="v_prediction", rescale_betas_zero_snr=True)
    snr = signal_to_noise(scheduler, torch.tensor([999]))
    assert snr.tolist() == [0] and min_snr_weight(snr, 5.0, "v_prediction").tolist() == [0]
    noisy = scheduler.add_noise(torch.ones(1, 1, 2, 2), torch.full((1, 1, 2, 2), 3.0), torch.tensor([999]))
    assert noisy.flatten().tolist() == [3] * 4  # nothing of the picture is left


def test_offset_noise_adds_one_number_to_each_channel():
    noise = torch.randn(2, 4, 8, 8, generator=generator())
    added = offset_noise(noise, 0.5, generator(2)) - noise
    assert torch.allclose(added, added[:, :, :1, :1].expand_as(added), atol=1e-6)
    assert len(set(added[:, :, 0, 0].flatten().tolist())) == 8
    many = offset_noise(torch.zeros(100, 100, 1, 1), 0.5, generator(2))
    assert many.std() == pytest.approx(0.5, rel=0.05)


@given(st.floats(0.05, 0.9), st.sampled_from([(1, 1), (8, 8), (5, 12), (16, 4)]))
def test_pyramid_noise_is_of_unit_size_and_coarser(discount, sides):
    noise = torch.randn(2, 4, *sides, generator=generator())
    found = pyramid_noise(noise, discount, generator(2))
    assert found.shape == noise.shape and found.isfinite().all()
    assert found.std(dim=(1, 2, 3)).tolist() == pytest.approx([1, 1], rel=1e-4)
    if sides == (16, 4) and discount > 0.5:
        assert found.mean(dim=(2, 3)).std() > noise.mean(dim=(2, 3)).std()


def test_pyramid_noise_by_hand():
    """Two cells by two: one octave, which is a single number over all four."""
    noise = torch.randn(1, 1, 2, 2, generator=generator())
    coarse = torch.randn(1, 1, 1, 1, generator=generator(2))
    mixed = noise + 0.5 * coarse
    assert torch.allclose(pyramid_noise(noise, 0.5, generator(2)), mixed / mixed.std())


@given(st.floats(-10, 10), st.floats(0.01, 5))
def test_huber_is_torch_s_twice(difference, beyond):
    value = torch.tensor([difference])
    wanted = 2 * functional.huber_loss(value, torch.zeros(1), delta=beyond)
    assert deviation(value, beyond).item() == pytest.approx(wanted.item(), rel=1e-4, abs=1e-6)
    assert deviation(value, None).item() == pytest.approx(difference**2, rel=1e-5, abs=1e-9)


def test_maps_say_where_it_counts():
    maps = torch.zeros(3, 8, 8)
    maps[:, :4] = 2
    wrong_below = lambda noisy, *_: torch.cat([torch.zeros(3, 4, 4, 8), torch.full((3, 4, 4, 8), 9.0)], 2)  # noqa: E731
    data = batch(maps=maps)
    t, noise = torch.tensor([500] * 3), torch.zeros(3, 4, 8, 8)
    assert errors(wrong_below, DDPMScheduler(), data, data.mean, noise, t).tolist() == [0, 0, 0]


def test_each_option_changes_the_loss_and_nothing_else_is_drawn():
    plain = lost()
    assert torch.equal(plain, lost())
    for change in ({"min_snr": 5.0}, {"noise_offset": 0.5}, {"pyramid_noise": 0.5}, {"huber": 0.1}):
        assert not torch.equal(plain, lost(**change))
    before = torch.get_rng_state()
    lost(noise_offset=0.5, pyramid_noise=0.5)
    assert torch.equal(before, torch.get_rng_state())


def test_an_unknown_prediction_is_refused():
    with pytest.raises(ValueError, match="flow"):
        scheduler = DDPMScheduler()
        scheduler.register_to_config(prediction_type="flow")
        lost(scheduler=scheduler)
