"""Edits by bases of random weights: what is held, what is kept, what is refused."""

import numpy as np
import pytest
import torch
from diffusers import ControlNetModel

from dramatis.attention.edit import Asked, edited
from dramatis.attention.processors import watched
from dramatis.core.errors import ParameterError
from dramatis.core.recipe import Edit
from dramatis.diffusion.model import load_model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import sample

PARAMS = DrawingParams(steps=4, guidance=3, negative="", batch_size=4, precision="fp32", device="cpu", threads=1)
LAYOUTS = ["tiny", "sd15", "sdxl"]


@pytest.fixture(scope="module")
def models(bases):
    torch.set_num_threads(1)
    return {layout: load_model(str(bases[layout])) for layout in LAYOUTS}


def swap(**changes):
    return Edit(kind="replace", word="hat", by="crown", **changes)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_without_edits_it_is_sample_bit_for_bit(models, layout):
    model = models[layout]
    wanted = next(sample(model, ["a hat"], [3], PARAMS))
    processors = dict(model.pipeline.unet.attn_processors)
    (found,) = edited(model, Asked("a hat", 3), [], PARAMS)
    assert np.array_equal(found.image, wanted) and found.mask.min() == 1
    assert model.pipeline.unet.attn_processors == processors
    with watched(model) as watch:
        watch.holds = [None]
        assert np.array_equal(next(sample(model, ["a hat"], [3], PARAMS)), wanted)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_with_everything_held_nothing_changes_but_the_words(models, layout):
    """Maps of the old words at all steps: what differs is only what the new word's values say."""
    model = models[layout]
    free, held = (
        edited(model, Asked("a hat", 3), [swap(cross_steps=steps, self_steps=steps, blend=None)], PARAMS)
        for steps in ((0, 0), (0, 1))
    )
    moved = [np.abs(one[1].image.astype(int) - one[0].image).mean() for one in (free, held)]
    again = next(sample(model, ["a crown"], [3], PARAMS))
    assert np.abs(free[1].image.astype(int) - again).max() <= 1  # nothing held is a new prompt with the same seed
    assert 0 < moved[0] and moved[1] != moved[0]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_region_keeps_the_latents_outside(models, layout):
    found = edited(models[layout], Asked("a hat", 3), [swap(region=(0, 0, 0.25, 1))], PARAMS)
    apart = np.abs(found[1].image.astype(int) - found[0].image).max(-1)
    assert found[1].mask.mean() == 0.25 and found[1].prompt == "a crown"
    assert apart[:, :8].max() > 0 and apart[:, :8].mean() > apart[:, -16:].mean()


def test_weights_of_one_and_of_more(models):
    same, more = (
        edited(models["tiny"], Asked("a hat", 3), [Edit(kind="reweight", word="hat", weight=w, blend=None)], PARAMS)
        for w in (1, 4)
    )
    assert np.abs(same[1].image.astype(int) - same[0].image).max() <= 1
    assert not np.array_equal(more[1].image, more[0].image)


def test_edits_one_after_the_other_are_the_same_each_time(models):
    edits = [
        swap(),
        Edit(kind="refine", by="red"),
        Edit(kind="reweight", word="red", weight=2),
        Edit(kind="inpaint", region=(0.5, 0, 1, 1), prompt="a tree"),
        Edit(kind="replace", word="tree", by="two tall towers"),
    ]
    first, second = (edited(models["sd15"], Asked("a hat", 3), edits, PARAMS) for _ in range(2))
    assert [one.prompt for one in first] == [
        "a hat", "a crown", "a crown, red", "a crown, red", "a tree", "a two tall towers",
    ]  # fmt: skip
    assert all(np.array_equal(a.image, b.image) for a, b in zip(first, second, strict=True))
    assert np.array_equal(first[3].image[:, :32], first[4].image[:, :32])  # outside the region not a pixel
    prefix = edited(models["sd15"], Asked("a hat", 3), edits[:1], PARAMS)
    assert np.abs(prefix[1].image.astype(int) - first[1].image).max() <= 1


def test_any_sampler_edits_and_paints_anew(models):
    edits = [swap(), Edit(kind="img2img", strength=0.5, prompt="a tree")]
    for sampler in ("dpmpp_2m", "euler_a", "heun", "unipc", "pndm"):
        params = PARAMS.model_copy(update={"sampler": sampler})
        found = edited(models["tiny"], Asked("a hat", 3), edits, params)
        assert len(found) == 3 and not np.array_equal(found[2].image, found[1].image)


@pytest.mark.parametrize(
    "prompt, edit, said",
    [
        ("a hat", Edit(kind="replace", word="crown", by="x"), "does not stand in the prompt"),
        ("a hat", Edit(kind="reweight", word="crown", weight=2), "does not stand in the prompt"),
        ("a hat", Edit(kind="replace", word="hat", by=" "), "nothing stands in its place"),
        ("a hat", Edit(kind="refine", by="()"), "nothing is added"),
        ("a hat", swap(region=(0.5, 0, 0.5, 1)), "no area"),
        ("a " + "b " * 80 + "hat", swap(), "that are read"),
        ("b " * 74 + "hat", Edit(kind="replace", word="hat", by="two tall towers"), "that are read"),
        ("a (hat:7)", swap(), "at most 5"),
    ],
)
def test_what_cannot_be_done(models, prompt, edit, said):
    with pytest.raises(ParameterError, match=said):
        edited(models["sd15"], Asked(prompt, 3), [edit], PARAMS)


def test_a_picture_from_outside(models, caplog):
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (40, 80, 3), dtype=np.uint8)
    with caplog.at_level("INFO"):
        found = edited(models["tiny"], Asked("a hat", 3, picture=picture), [swap(region=(0, 0, 0.5, 1))], PARAMS)
    assert "80 x 40 px, of which 40 x 40 px in the middle are taken" in caplog.text
    assert [one.image.shape for one in found] == [(64, 64, 3)] * 2
    params = PARAMS.model_copy(update={"sampler": "euler"})
    with pytest.raises(ParameterError, match="only through DDIM"):
        edited(models["tiny"], Asked("a hat", 3, picture=picture), [swap()], params)
    anew = edited(models["tiny"], Asked("a hat", 3, picture=picture), [Edit(kind="img2img")], params)
    assert len(anew) == 2  # drawing anew needs no inversion


def test_control_images_and_held_attention_go_together(bases):
    model = load_model(str(bases["sd15"]))
    torch.manual_seed(0)
    model.controlnet = ControlNetModel.from_unet(model.pipeline.unet).eval()
    for layer in model.controlnet.controlnet_down_blocks:
        torch.nn.init.normal_(layer.weight, std=0.5)  # an untrained one is silent
    pose = np.zeros((64, 64, 3), np.uint8)
    pose[20:40] = 255
    wanted = next(sample(model, ["a hat"], [3], PARAMS, controls=[pose]))
    source, target = edited(model, Asked("a hat", 3, control=pose), [swap(region=(0, 0, 0.5, 1))], PARAMS)
    assert np.abs(source.image.astype(int) - wanted).max() <= 1
    assert not np.array_equal(source.image, edited(model, Asked("a hat", 3), [], PARAMS)[0].image)
    assert not np.array_equal(source.image, target.image)
