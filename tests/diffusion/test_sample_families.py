"""Drawing with bases in the layouts of SD 1.5 and SDXL, against the pipelines of diffusers."""

import numpy as np
import pytest
import torch
from by_diffusers import by_diffusers
from diffusers import ControlNetModel, StableDiffusionXLControlNetPipeline
from tiny_sd import DRAWING

from dramatis.diffusion.model import load_model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import own_size, sample

PROMPTS, NEGATIVES, SEEDS = ["ada, forest", "bela"], ["cat", ""], [5, 6]


def settings(**changes):
    return DrawingParams.model_validate(DRAWING | changes)


def drawn(model, params, tokens=75, **more):
    return np.stack(list(sample(model, PROMPTS, SEEDS, params, negatives=NEGATIVES, tokens=tokens, **more)))


@pytest.mark.parametrize("tokens", [75, pytest.param(225, marks=pytest.mark.slow)])
@pytest.mark.parametrize("layout", ["sd15", "sdxl"])
def test_a_picture_is_that_of_diffusers_bit_for_bit(bases, layout, tokens):
    torch.set_num_threads(1)
    model, other = (load_model(str(bases[layout])) for _ in range(2))
    params = settings(sampler="euler_a", steps=3)
    wide, high = own_size(model)
    ours = drawn(model, params, tokens, size=(wide, 2 * high))
    assert ours.shape == (2, 2 * high, wide, 3)
    theirs = by_diffusers(other.pipeline, model, params, PROMPTS, NEGATIVES, SEEDS, tokens, width=wide, height=2 * high)
    assert np.array_equal(ours, theirs)


def test_a_controlnet_of_sdxl_is_that_of_diffusers_bit_for_bit(bases):
    model, other = (load_model(str(bases["sdxl"])) for _ in range(2))
    wide, high = own_size(model)
    torch.manual_seed(1)
    net = ControlNetModel.from_unet(model.pipeline.unet, conditioning_embedding_out_channels=(8, 16, 16, 16)).eval()
    for weight in net.parameters():
        weight.data += 0.02 * torch.randn(weight.shape)
    images = np.random.default_rng(0).integers(0, 256, (2, high, wide, 3), np.uint8)
    plain = drawn(model, settings())
    model.controlnet, model.controlnet_scale = net, 0.5
    ours = drawn(model, settings(), controls=images)
    assert not np.array_equal(ours, plain)
    pipeline = StableDiffusionXLControlNetPipeline(**other.pipeline.components, controlnet=net, add_watermarker=False)
    pipeline.set_progress_bar_config(disable=True)
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    more = {"image": pixels, "controlnet_conditioning_scale": 0.5, "width": wide, "height": high}
    assert np.array_equal(by_diffusers(pipeline, model, settings(), PROMPTS, NEGATIVES, SEEDS, **more), ours)


def test_half_precision_of_sdxl_has_an_autoencoder_in_full(bases):
    model = load_model(str(bases["sdxl"]), precision="bf16")
    half, whole = drawn(model, settings()), drawn(load_model(str(bases["sdxl"])), settings())
    assert model.pipeline.vae.dtype == torch.float32 and model.pipeline.unet.dtype == torch.bfloat16
    assert np.abs(half.astype(int) - whole).mean() < 6
