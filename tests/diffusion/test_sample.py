"""Drawing against the pipelines of diffusers, with every sampler."""

from typing import get_args

import numpy as np
import pytest
import torch
from by_diffusers import by_diffusers
from diffusers import ControlNetModel, StableDiffusionControlNetPipeline
from tiny_sd import DRAWING, real_scheduler

from dramatis.core.errors import ParameterError
from dramatis.diffusion.model import load_model
from dramatis.diffusion.params import DrawingParams, Sampler
from dramatis.diffusion.sample import own_size, sample
from dramatis.diffusion.samplers import SAMPLERS, TO_PURE_NOISE, build_sampler

COSINE = [name for name in SAMPLERS if not name.endswith("karras")]
"""Samplers for the tiny base, whose noise schedule is a cosine, as the pocket base's."""
SHARED = ("block_out_channels", "layers_per_block", "cross_attention_dim", "norm_num_groups", "attention_head_dim",
          "down_block_types")  # fmt: skip
"""What a ControlNet has of its UNet."""
PROMPTS = ["ada, forest", "bela, lake", "ada"]
SEEDS = [5, 6, 7]


@pytest.fixture(scope="module")
def model(tiny_sd):
    torch.set_num_threads(1)
    return load_model(str(tiny_sd))


def settings(**changes):
    return DrawingParams.model_validate(DRAWING | {"batch_size": 3} | changes)


def draw(model, prompts=PROMPTS, seeds=SEEDS, params=None, **more):
    return np.stack(list(sample(model, prompts, seeds, params or settings(), **more)))


def test_every_name_has_a_meaning():
    assert {*get_args(Sampler)} == {*SAMPLERS}
    assert {*TO_PURE_NOISE} <= {*SAMPLERS}


@pytest.fixture(scope="module")
def linear(tiny_sd):
    """The same base with the noise schedule of SD 1.5."""
    model = load_model(str(tiny_sd))
    model.pipeline.scheduler = real_scheduler(prediction_type="v_prediction")
    return model


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_picture_is_that_of_diffusers_bit_for_bit(tiny_sd, linear, sampler):
    params = settings(sampler=sampler, steps=4)
    negatives = ["", "cat", ""]
    theirs = by_diffusers(load_model(str(tiny_sd)).pipeline, linear, params, PROMPTS, negatives, SEEDS)
    assert np.array_equal(draw(linear, params=params, negatives=negatives), theirs)


def test_a_picture_of_a_v_predicting_base_too(tiny_sd, model):
    theirs = by_diffusers(load_model(str(tiny_sd)).pipeline, model, settings(), PROMPTS, [""] * 3, SEEDS)
    assert np.array_equal(draw(model), theirs)


@pytest.mark.parametrize("sampler", COSINE)
def test_every_sampler_gives_the_same_again_whoever_is_in_the_batch(model, sampler):
    params = settings(sampler=sampler, steps=3)
    first, again = draw(model, params=params), draw(model, params=params)
    assert np.array_equal(first, again)
    alone = draw(model, PROMPTS[1:2], SEEDS[1:2], params)
    assert np.abs(alone[0].astype(int) - first[1]).max() <= 2  # batches of another size round otherwise
    assert not np.array_equal(first[0], first[2])


def test_samplers_differ(model):
    drawn = {name: draw(model, params=settings(sampler=name, steps=3)).tobytes() for name in COSINE}
    assert len(set(drawn.values())) == len(COSINE)


def test_without_guidance_the_negative_is_not_read(model):
    without = [draw(model, params=settings(guidance=1, negative=text)) for text in ("", "cat")]
    assert np.array_equal(*without)
    guided = [draw(model, params=settings(negative=text)) for text in ("", "cat")]
    assert not np.array_equal(*guided)
    own = draw(model, negatives=["cat", "", "cat"])
    assert np.array_equal(own[0], guided[1][0]) and np.array_equal(own[1], guided[0][1])


def test_sizes(model):
    assert own_size(model) == (64, 64)
    assert draw(model, params=settings(width_px=96)).shape == (3, 64, 96, 3)
    assert draw(model, params=settings(width_px=96), size=(48, 80)).shape == (3, 80, 48, 3)


def test_half_precision_draws_nearly_the_same(tiny_sd, model):
    half = draw(load_model(str(tiny_sd), precision="bf16"))
    assert np.abs(half.astype(int) - draw(model)).mean() < 4


def test_a_controlnet_is_that_of_diffusers_bit_for_bit(tiny_sd, model):
    controlled = load_model(str(tiny_sd))
    torch.manual_seed(1)
    shape = {key: model.pipeline.unet.config[key] for key in SHARED}
    fresh, net = (ControlNetModel(**shape, conditioning_embedding_out_channels=(8, 16, 16)) for _ in range(2))
    images = np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), np.uint8)
    controlled.controlnet = fresh
    assert np.array_equal(draw(controlled, controls=images), draw(model))  # zero convolutions add nothing
    for weight in net.parameters():
        weight.data += 0.02 * torch.randn(weight.shape)
    controlled.controlnet = net.eval()
    ours = draw(controlled, controls=images)
    assert not np.array_equal(ours, draw(model))
    assert np.array_equal(draw(controlled), draw(model))  # no control image, no control
    pipeline = StableDiffusionControlNetPipeline(
        **load_model(str(tiny_sd)).pipeline.components,
        controlnet=net,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    assert np.array_equal(by_diffusers(pipeline, model, settings(), PROMPTS, [""] * 3, SEEDS, image=pixels), ours)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_zero_terminal_snr(linear, sampler):
    base = linear.pipeline.scheduler.config
    if sampler not in TO_PURE_NOISE:
        with pytest.raises(ParameterError, match=r"zero terminal SNR.*Take one of ddim"):
            build_sampler(base, sampler, zero_terminal_snr=True)
        return
    scheduler = build_sampler(base, sampler, zero_terminal_snr=True)
    scheduler.set_timesteps(4)
    assert scheduler.alphas_cumprod[-1] < 1e-7 and build_sampler(base, sampler).alphas_cumprod[-1] > 1e-3
    assert scheduler.timesteps[0] == 999
    drawn = [
        draw(linear, params=settings(sampler=sampler, guidance=1), zero_terminal_snr=pure) for pure in (False, True)
    ]
    assert not np.array_equal(*drawn) and np.ptp(drawn[1]) > 0


@pytest.mark.parametrize("sampler", sorted({*SAMPLERS} - {*COSINE}))
def test_karras_needs_a_signal_at_the_end(model, linear, sampler):
    with pytest.raises(ParameterError, match="nearly pure noise"):
        draw(model, params=settings(sampler=sampler))
    assert build_sampler(linear.pipeline.scheduler.config, sampler).config.use_karras_sigmas
