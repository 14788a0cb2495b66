"""Edits of words in pictures with regions, on bases of random weights: who hears of them, what may change."""

import numpy as np
import pytest
import torch
from tiny_sd import DRAWING

from dramatis.core.errors import ParameterError
from dramatis.core.recipe import Edit, Joining
from dramatis.diffusion.model import load_model
from dramatis.diffusion.params import DrawingParams
from dramatis.regions.draw import EVERYWHERE, Part, sample_regions
from dramatis.regions.follow import rows_of
from dramatis.regions.masks import view_of

PARAMS = DrawingParams(**DRAWING | {"steps": 4})
LEFT, RIGHT = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)
APART = Joining(whole=0, overlap=0)


@pytest.fixture(scope="module", params=["tiny", "sd15", "sdxl"])
def model(request, bases):
    torch.set_num_threads(1)
    return load_model(str(bases[request.param]))


@pytest.fixture(scope="module")
def other(bases):
    """Other weights of the layout sd15."""
    torch.manual_seed(1)
    found = load_model(str(bases["sd15"]))
    with torch.no_grad():
        for weights in found.pipeline.unet.parameters():
            weights.add_(torch.randn_like(weights) * 0.02)
    return found


def drawn(model, edits, right="a coat", joining=APART, beside=None, params=PARAMS):
    parts = [Part(model, "a hat", LEFT), Part(beside or model, right, RIGHT)]
    return sample_regions(model, "a hat and a coat", parts, 5, params, joining, edits, size=(96, 64))


def swap(word="hat", by="crown", **changes):
    return Edit(kind="replace", word=word, by=by, **changes)


def apart(first, second):
    """Largest difference of each column of pixels."""
    return np.abs(first.astype(int) - second).max((0, 2))


def rows(model, edits, prompts=("a hat and a coat", "a hat", "a coat")):
    regions = [EVERYWHERE, LEFT, RIGHT]
    views = [view_of(region, (12, 8), 0) for region in regions]
    return rows_of([(model, *one) for one in zip(prompts, regions, views, strict=True)], edits, 75)


def test_an_edit_is_about_the_parts_that_have_its_word(model):
    edits = [swap(), swap("crown", "veil"), Edit(kind="refine", by="red"), Edit(kind="refine", by="old", region=RIGHT)]
    whole, left, right = rows(model, edits)
    assert whole.prompts[1:3] == ["a crown and a coat", "a veil and a coat"]
    assert left.prompts == ["a hat", "a crown", "a veil", "a veil, red", "a veil, red"]
    assert right.prompts == ["a coat", "a coat", "a coat", "a coat, red", "a coat, red, old"]
    assert left.hears == [True, True, True, True, False] and right.hears == [True, False, False, True, True]


def test_a_word_that_only_the_whole_picture_has_is_its_own(model):
    whole, left, right = rows(model, [swap("rain", "snow")], ("a hat and a coat, rain", "a hat", "a coat"))
    assert (whole.hears[1], left.hears[1], right.hears[1]) == (True, False, False)


def test_a_word_of_nobody_is_refused(model):
    with pytest.raises(ParameterError, match="word 'boat': it does not stand in the prompt 'a hat and a coat'"):
        drawn(model, [swap("boat")])


@pytest.mark.parametrize("word", ["hat", "smile"])
def test_a_word_that_is_said_only_outside_the_edits_region_is_refused(model, word):
    """Whether the whole picture's prompt has it or not: nothing there could change as asked."""
    with pytest.raises(ParameterError, match=f"word '{word}': it is said only of those whom the edit's region does"):
        rows(model, [swap(word, region=RIGHT)], ("a hat and a coat", "a hat, smile", "a coat"))


def test_the_first_picture_is_the_same_with_and_without_edits(model):
    (alone,) = drawn(model, [])
    first, second = drawn(model, [swap()])
    assert apart(alone.image, first.image).max() <= 1
    assert alone.mask.min() == 1 and second.prompt == "a crown and a coat"
    assert not np.array_equal(first.image, second.image)


def test_nothing_changes_but_what_may(model):
    """On the left a word is another, on the right nothing: there the latents are the old ones, bit for bit."""
    taken = []
    decode = model.pipeline.vae.decode
    model.pipeline.vae.decode = lambda z, **more: (taken.append(z), decode(z, **more))[1]
    try:
        first, second = drawn(model, [swap()])
    finally:
        model.pipeline.vae.decode = decode
    inside = torch.from_numpy(second.mask[:: second.mask.shape[0] // taken[0].shape[2]])
    inside = inside[:, :: inside.shape[1] // taken[0].shape[3]].bool()
    half = inside.shape[1] // 2
    assert inside[:, :half].any() and not inside[:, half:].any()
    moved = (taken[0][0] != taken[0][1]).any(0)
    assert moved[inside].any() and not moved[~inside].any()


def test_a_region_says_what_may_change(model):
    _, second = drawn(model, [swap(region=(0.25, 0, 0.5, 1))])
    assert second.mask.mean() == 0.25 and second.mask[:, 24:48].min() == 1


def test_a_part_that_does_not_hear_follows_its_neighbour_only(model):
    """Without a blend all may change; what the right one attends to is held, so that it moves less than the left."""
    first, second = drawn(model, [swap(blend=None, cross_steps=(0, 0), self_steps=(0, 0))])
    columns = apart(first.image, second.image)
    assert columns[:40].max() > 0 and columns[:40].mean() > columns[56:].mean()


def test_two_models_hold_each_its_own_attention(bases, other):
    """On the right other weights draw and hold: the left stays as it is with one model, before and after the edit."""
    model = load_model(str(bases["sd15"]))
    before = [dict(one.pipeline.unet.attn_processors) for one in (model, other)]
    edits = [swap("coat", "cloak"), Edit(kind="reweight", word="cloak", weight=2)]
    alone, both, again = (drawn(model, edits, beside=right) for right in (model, other, other))
    assert all(np.array_equal(a.image, b.image) for a, b in zip(both, again, strict=True))
    for one, two in zip(alone, both, strict=True):
        columns = apart(one.image, two.image)
        assert columns[56:].mean() > columns[:40].mean()  # the autoencoder alone reaches over
    assert [dict(one.pipeline.unet.attn_processors) for one in (model, other)] == before


@pytest.mark.parametrize("until", [0.0, 0.5])
@pytest.mark.parametrize("whole", [0.0, 0.1])
def test_only_the_whole_picture_after_the_regions(model, until, whole):
    found = drawn(model, [swap()], joining=Joining(until=until, whole=whole))
    assert len(found) == 2 and all(one.image.shape == (64, 96, 3) and one.image.std() > 0 for one in found)


def test_what_no_part_draws_is_no_word(model):
    parts = [Part(model, "a hat", LEFT), Part(model, "a coat, rain", RIGHT)]
    with pytest.raises(ParameterError, match="word 'rain': it does not stand in the prompt 'a hat and a coat'"):
        sample_regions(model, "a hat and a coat", parts, 5, PARAMS, Joining(until=0), [swap("rain")], size=(96, 64))


@pytest.mark.parametrize("region", [(0.5, 0.2, 0.5, 0.9), (0.51, 0, 0.52, 1)])
def test_a_region_is_looked_at_before_anything_is_drawn(model, region, monkeypatch):
    monkeypatch.setattr(type(model), "denoise", None)
    with pytest.raises(ParameterError, match="region .*: (it has no area|it is smaller than a cell)"):
        drawn(model, [swap(region=region)])
