import numpy as np
import pytest
import torch
from conftest import TOP

from dramatis.attention.invert import encoded, fitted, inverted
from dramatis.diffusion.emphasised import encode
from dramatis.diffusion.model import load_model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import denoised
from dramatis.diffusion.samplers import build_sampler

STEPS = 8


@pytest.mark.parametrize("layout", ["tiny", "sd15", "sdxl"])
def test_the_way_back_leads_to_the_picture_again(bases, layout):
    """v-prediction and epsilon: without guidance, drawing from the inverted noise gives the latents back."""
    torch.set_num_threads(1)
    model = load_model(str(bases[layout]))
    scheduler = build_sampler(model.pipeline.scheduler.config, "ddim")
    picture = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    latents = encoded(model, picture)
    found = inverted(model, scheduler, latents, encode(model, ["", "a hat"]), STEPS, guidance=1)
    assert len(found.path) == STEPS + 1 and found.nulls is None
    params = DrawingParams(
        steps=STEPS, guidance=1, negative="", batch_size=1, precision="fp32", device="cpu", threads=1
    )
    with torch.no_grad():
        again = denoised(model, scheduler, encode(model, ["a hat"]), [(None, found.path[0])], params, None)
    assert (again - latents).abs().mean() < 0.02 * latents.abs().mean()


def test_a_picture_is_cut_to_the_middle():
    picture = np.zeros((10, 30, 3), np.uint8)
    picture[:, 10:20] = 200
    assert (fitted(picture, (20, 20)) == 200).all()
    assert fitted(picture, (30, 10)) is picture


@pytest.mark.slow
def test_null_text_comes_nearer_than_the_plain_negative():
    """On the pocket base, guided drawing from the inverted noise, with and without the optimised negative text."""
    from dramatis.attention.edit import Asked, edited
    from dramatis.attention.steer import Steered
    from dramatis.attention.processors import watched
    from dramatis.diffusion.sample import decoded, sample

    torch.set_num_threads(1)
    model = load_model(str(TOP / "models/pocket/sd"))
    params = DrawingParams(
        steps=16, guidance=3, negative="", batch_size=1, precision="fp32", device="cpu", threads=1
    )
    prompt = "1person, head, front view, blue hair, red clothes, forest"
    picture = next(sample(model, [prompt], [5], params))
    scheduler, said = build_sampler(model.pipeline.scheduler.config, "ddim"), encode(model, ["", prompt])
    latents = encoded(model, picture)
    found = inverted(model, scheduler, latents, said, 16, guidance=3)
    errors = []
    for nulls in (None, found.nulls):
        with torch.no_grad(), watched(model) as watch:
            steering = Steered(watch, [None], nulls=nulls)
            made = denoised(model, scheduler, said, [(None, found.path[0])], params, None, steering)
        errors.append(float((made - latents).pow(2).mean()))
    assert errors[1] < 0.5 * errors[0]
    (source,) = decoded(model, latents)
    shown = edited(model, Asked("1person", 0, picture=picture), [], params)[0].image
    assert np.array_equal(shown, picture) and np.abs(source.astype(int) - picture).mean() < 10
