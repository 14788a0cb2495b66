"""Pictures of recipes on a base of random weights, and what is refused."""

import numpy as np
import pytest
import torch
from playing import PARAMS, board, person, place_of, runs_of, write_run

from dramatis.core.digests import file_digest
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.images import encode_png
from dramatis.core.recipe import ControlImage, Edit, OutsidePicture, Recipe
from dramatis.diffusion.apply import apply
from dramatis.diffusion.model import load_model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import sample
from dramatis.panels.easel import Easel
from dramatis.panels.plan import recipe_of
from dramatis.players.sources import sources_of


@pytest.fixture(scope="module")
def top(bases, tmp_path_factory):
    """Runs twins and solo on the tiny base."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("twins", "solo"):
        write_run(folder, name, bases["tiny"])
    return folder


@pytest.fixture(scope="module")
def cast(top, bases):
    return sources_of(board(("a", [])).cast, runs_of(bases["tiny"]), place_of(top), "board")


def recipe(cast, *people, prompt="a, b"):
    scene = board((prompt, [person(name, side) for name, side in people])).scenes[0]
    return recipe_of(scene, 5, cast, cast["ada"], PARAMS, {})


def test_one_character_is_the_plain_picture_bit_by_bit(top, cast, bases):
    model = load_model(str(bases["tiny"]))
    apply(model, top / "models/solo/step-000020")
    one = recipe(cast, ("cyrus", "middle"))
    drawing = DrawingParams(**one.drawing)
    torch.set_num_threads(drawing.threads)
    plain = next(sample(model, ["a, b"], [5], drawing, negatives=[""], size=(64, 64)))
    drawn = Easel(top / "models").picture(one)
    assert (drawn.image == plain).all() and (drawn.before == plain).all() and drawn.mask is None


def test_the_same_recipe_gives_the_same_bytes_whatever_was_drawn_before(top, cast):
    pair = Recipe.model_validate_json(recipe(cast, ("ada", "left"), ("cyrus", "right")).model_dump_json())
    first = Easel(top / "models").picture(pair).image
    easel = Easel(top / "models", keep=1)
    for other in (recipe(cast, ("bela", "middle")), recipe(cast, ("cyrus", "left"), ("ada", "right"))):
        assert encode_png(easel.picture(other).image) != encode_png(first)
    assert encode_png(easel.picture(pair).image) == encode_png(first)


def test_each_is_drawn_by_their_own_adapter(top, cast):
    """Another strength of the one on the right changes the picture; of somebody who is not there nothing."""
    pair = recipe(cast, ("ada", "left"), ("cyrus", "right"))
    left, right = pair.figures
    easel = Easel(top / "models")
    weaker = pair.model_copy(update={"figures": [left, right.model_copy(update={"scale": 0.2})]})
    assert (easel.picture(weaker).image != easel.picture(pair).image).any()


def test_words_of_a_panel_with_regions_are_edited_then_a_part_drawn_anew(top, cast):
    pair = recipe(cast, ("ada", "left"), ("cyrus", "right"))
    easel, plain = Easel(top / "models"), Easel(top / "models").picture(pair)
    words = Edit(kind="replace", word="b", by="c", blend=None)
    anew = Edit(kind="inpaint", region=(0.5, 0, 1, 1), strength=1)
    swapped, both = (easel.picture(pair.model_copy(update={"edits": some})) for some in ([words], [words, anew]))
    for drawn in (swapped, both):
        assert np.abs(drawn.before.astype(int) - plain.image).max() <= 1
    assert swapped.mask.min() == 1 and (swapped.image != swapped.before).any()
    half = plain.image.shape[1] // 2
    assert both.mask.mean() == 0.5 and (both.image[:, :half] == swapped.image[:, :half]).all()
    assert (both.image[:, half:] != swapped.image[:, half:]).any()
    with pytest.raises(ParameterError, match="word 'boat': it does not stand in the prompt 'a, b'"):
        easel.picture(pair.model_copy(update={"edits": [words.model_copy(update={"word": "boat"})]}))


def test_a_mask_says_what_of_a_panel_with_regions_is_drawn_anew(top, cast, tmp_path):
    half = np.zeros((64, 96, 3), np.uint8)
    half[:, 48:] = 255
    (tmp_path / "mask.png").write_bytes(encode_png(half))
    pair = recipe(cast, ("ada", "left"), ("cyrus", "right"))
    anew = Edit(kind="img2img", strength=1)
    more = {"edits": [anew], "mask": OutsidePicture(image=str(tmp_path / "mask.png"))}
    drawn = Easel(top / "models").picture(pair.model_copy(update=more))
    middle = drawn.image.shape[1] // 2
    assert (drawn.image[:, :middle] == drawn.before[:, :middle]).all()
    assert (drawn.image[:, middle:] != drawn.before[:, middle:]).any()


def test_what_is_missing_or_another_is_said_in_one_line(top, cast, tmp_path):
    easel, one = Easel(top / "models"), recipe(cast, ("ada", "middle"))
    (figure,) = one.figures
    for change, kind, said in [
        ({"step": 30}, MissingError, "step-000030: this run has no such checkpoint"),
        ({"run": "trio"}, MissingError, "trio.step-000020: this run has no such checkpoint"),
        ({"checkpoint": "0" * 64}, InputError, "its weights are [0-9a-f]{16}, but the recipe was written for 0{16}"),
        ({"checkpoint": ""}, InputError, "its weights are"),
    ]:
        wrong = one.model_copy(update={"figures": [figure.model_copy(update=change)]})
        with pytest.raises(kind, match=said):
            easel.picture(wrong)
    with pytest.raises(InputError, match="prompt: it has [0-9]+ tokens, of which only [0-9]+ are read. Shorten it"):
        easel.picture(one.model_copy(update={"prompt": ", ".join(["red hair"] * 100)}))
    with pytest.raises(ParameterError, match="drawing.sampler"):
        easel.picture(one.model_copy(update={"drawing": one.drawing | {"sampler": "magic"}}))


def test_regions_on_each_other_are_refused(top, cast):
    pair = recipe(cast, ("ada", "left"), ("cyrus", "right"))
    same = [figure.model_copy(update={"region": (0, 0, 1, 1)}) for figure in pair.figures]
    with pytest.raises(ParameterError, match="ada, cyrus: regions 1 and 2 overlap fully"):
        Easel(top / "models").picture(pair.model_copy(update={"figures": same}))
    mixed = [pair.figures[0].model_copy(update={"region": None}), pair.figures[1]]
    with pytest.raises(ParameterError, match="overlap fully"):
        Easel(top / "models").picture(pair.model_copy(update={"figures": mixed}))


def test_a_control_picture_is_there_and_the_same(top, cast, tmp_path):
    source = cast["ada"]
    file = tmp_path / "pose.png"
    pose = ControlImage(run="twins", step=20, checkpoint=source.checkpoint, image=str(file))
    one = recipe(cast, ("ada", "middle"))
    with pytest.raises(MissingError, match="pose.png: there is no such picture. Put it there, or take it out of"):
        Easel(top / "models").picture(one.model_copy(update={"control": pose}))
    file.write_bytes(b"another")
    other = pose.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(InputError, match="another picture than the recipe was written for"):
        Easel(top / "models").picture(one.model_copy(update={"control": other}))
    damaged = pose.model_copy(update={"sha256": file_digest(file)})
    with pytest.raises(InputError, match="no readable picture"):
        Easel(top / "models").picture(one.model_copy(update={"control": damaged}))
