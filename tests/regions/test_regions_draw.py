"""Pictures with regions, on bases of random weights of both families."""

import numpy as np
import pytest
import torch
from diffusers import ControlNetModel
from tiny_sd import DRAWING

from dramatis.core.errors import ParameterError
from dramatis.core.recipe import Joining
from dramatis.diffusion.model import load_model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import sample
from dramatis.regions.draw import Part, sample_regions

PARAMS = DrawingParams(**DRAWING)
LEFT, RIGHT, ALL = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0), (0.0, 0.0, 1.0, 1.0)


def drawn(model, *parts, joining=None, **more):
    parts = [Part(model, prompt, region) for prompt, region in parts]
    return sample_regions(model, "a and b", parts, 5, PARAMS, joining or Joining(), size=(96, 64), **more)[0].image


@pytest.fixture(scope="module", params=["tiny", "sd15", "sdxl"])
def model(request, bases):
    return load_model(str(bases[request.param]))


def test_one_region_that_is_all_with_the_same_prompt_is_the_plain_picture(model):
    plain = next(sample(model, ["a and b"], [5], PARAMS, size=(96, 64)))
    for joining in (Joining(whole=0), Joining(whole=0.5), Joining(until=0)):
        there = drawn(model, ("a and b", ALL), joining=joining)
        assert np.abs(there.astype(int) - plain).max() <= 1


def test_again_is_the_same_and_sides_matter(model):
    once = drawn(model, ("a", LEFT), ("b", RIGHT))
    assert once.shape == (64, 96, 3)
    assert (drawn(model, ("a", LEFT), ("b", RIGHT)) == once).all()
    assert (drawn(model, ("a", RIGHT), ("b", LEFT)) != once).any()


def test_what_is_said_on_the_right_leaves_the_left_alone(bases):
    """Without a border and a whole picture, the left half's predictions know nothing of the right one's prompt."""
    model = load_model(str(bases["sd15"]))
    latents = []
    model.pipeline.vae.decode, decode = (
        lambda z, **_: (latents.append(z), decode(z, **_))[1],
        model.pipeline.vae.decode,
    )
    apart = Joining(whole=0, overlap=0)
    for said in ("b", "something else"):
        drawn(model, ("a", LEFT), (said, RIGHT), joining=apart)
    one, other = latents
    half = one.shape[-1] // 2
    assert torch.equal(one[..., :half], other[..., :half]) and not torch.equal(one[..., half:], other[..., half:])


def test_each_view_sees_its_part_of_the_control_image(bases):
    model = load_model(str(bases["sd15"]))
    torch.manual_seed(1)
    model.controlnet = ControlNetModel.from_unet(
        model.pipeline.unet, conditioning_embedding_out_channels=(8, 8, 16, 16)
    ).eval()
    for parameter in model.controlnet.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    dark, half = np.zeros((64, 96, 3), np.uint8), np.zeros((64, 96, 3), np.uint8)
    half[:, 48:] = 255
    parts = [("a", LEFT), ("b", RIGHT)]
    apart = Joining(whole=0, overlap=0)
    pictures = [drawn(model, *parts, joining=apart, control=image) for image in (dark, half)]
    assert (pictures[0] != pictures[1]).any()


def test_regions_on_each_other_are_refused(bases):
    with pytest.raises(ParameterError, match="overlap fully"):
        drawn(load_model(str(bases["sd15"])), ("a", LEFT), ("b", LEFT))
