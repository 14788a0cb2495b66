from types import SimpleNamespace

import numpy as np
import pytest
import torch
from conftest import TOP
from diffusers import DDIMScheduler

from dramatis.attention.edit import Asked, edited
from dramatis.attention.invert import encoded, fitted, inverted
from dramatis.attention.processors import watched
from dramatis.attention.steer import Steered
from dramatis.core.recipe import Edit
from dramatis.diffusion.emphasised import encode
from dramatis.diffusion.model import Conditioning, load_model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import denoised, sample
from dramatis.diffusion.samplers import build_sampler

EDIT = Edit(kind="replace", word="red clothes", by="blue clothes", blend=0.5)


def params(steps, guidance):
    return DrawingParams(
        steps=steps, guidance=guidance, negative="", batch_size=1, precision="fp32", device="cpu", threads=1
    )


def test_the_way_back_leads_to_the_picture_again(tiny_sd):
    torch.set_num_threads(1)
    model = load_model(str(tiny_sd))
    scheduler, said = build_sampler(model.pipeline.scheduler.config, "ddim"), encode(model, ["", "a hat"])
    latents = torch.randn((1, 4, 16, 16), generator=torch.Generator().manual_seed(0)) / 2
    found = inverted(model, scheduler, latents, said, 8, guidance=1)
    assert len(found.path) == 9 and found.nulls is None
    with torch.no_grad():
        again = denoised(model, scheduler, encode(model, ["a hat"]), [(None, found.path[0])], params(8, 1), None)
    assert (again - latents).abs().mean() < 0.01


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("spacing", ["leading", "trailing"])
def test_each_way_of_predicting_is_gone_back(kind, spacing):
    """A UNet that says always the same: each step back is then exact."""
    scheduler = DDIMScheduler(prediction_type=kind, timestep_spacing=spacing, clip_sample=False, set_alpha_to_one=False)
    says = torch.full((1, 1, 2, 2), 0.3)
    model = SimpleNamespace(pipeline=SimpleNamespace(vae_scale_factor=8), device="cpu", denoise=lambda *_: says)
    latents = torch.arange(4.0).view(1, 1, 2, 2)
    found = inverted(model, scheduler, latents, Conditioning(torch.zeros(2, 1, 1), None), 10, guidance=1)
    again = found.path[0]
    for t in scheduler.timesteps:
        again = scheduler.step(says, t, again).prev_sample
    assert torch.allclose(again, latents, atol=0.02)


def test_a_picture_is_cut_to_the_middle():
    picture = np.zeros((10, 30, 3), np.uint8)
    picture[:, 10:20] = 200
    assert (fitted(picture, (20, 20)) == 200).all()
    assert fitted(picture, (30, 10)) is picture


@pytest.mark.slow
def test_null_text_comes_nearer_than_the_plain_negative():
    """On the pocket base, guided drawing from the inverted noise, with and without the optimised negative text."""
    torch.set_num_threads(1)
    model = load_model(str(TOP / "models/pocket/sd"))
    prompt, drawing = "1person, head, front view, blue hair, red clothes, forest", params(16, 3)
    picture = next(sample(model, [prompt], [5], drawing))
    scheduler, said = build_sampler(model.pipeline.scheduler.config, "ddim"), encode(model, ["", prompt])
    source, target = edited(model, Asked(prompt, 0, picture=picture), [EDIT], drawing)
    assert np.abs(source.image.astype(int) - picture).mean() < 10  # what the autoencoder loses
    outside = target.mask == 0
    assert outside.mean() > 0.3
    assert np.abs(source.image.astype(int) - target.image)[outside].mean() < 5
    latents = encoded(model, picture)
    found = inverted(model, scheduler, latents, said, 16, guidance=3)
    errors = []
    for nulls in (None, found.nulls):
        with torch.no_grad(), watched(model) as watch:
            steering = Steered(watch, [None], nulls=nulls)
            made = denoised(model, scheduler, said, [(None, found.path[0])], drawing, None, steering)
        errors.append(float((made - latents).pow(2).mean()))
    assert errors[1] < 0.5 * errors[0], errors
