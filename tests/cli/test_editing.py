"""`dramatis edit` and `dramatis repaint` on a small project with a trained run."""

from pathlib import Path

import numpy as np
import pytest
import torch
import typer
import yaml
from adapters import random_adapter
from conftest import TOP
from diffusers import ControlNetModel
from tiny_sd import tiny_sd  # noqa: F401

from dramatis.attention.picture import recipe_in, with_recipe
from dramatis.cli.edit_options import Held, edits_of, shares
from dramatis.cli.editing import Source, edit_picture, repaint_picture
from dramatis.cli.panels import redraw_panel
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.images import encode_png, read_image
from dramatis.core.tables import write_json
from dramatis.diffusion.files import ADAPTER, CONTROLNET
from dramatis.diffusion.formats import kohya
from dramatis.diffusion.load import load_pipeline
from dramatis.diffusion.model import Model
from dramatis.diffusion.weights import write_weights
from dramatis.panels.easel import Easel

NONE = Source(None, None, 3, None, None, None)


@pytest.fixture
def project(tiny_sd, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    params = yaml.safe_load((TOP / "params.yaml").read_text())
    params["preview"]["drawing"] |= {"steps": 2}
    params["runs"] = {"solo": {"method": "lora", "characters": ["cyrus"], "base": str(tiny_sd)}}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    adapter = random_adapter(Model(load_pipeline(str(tiny_sd))).parts(), seed=1)
    write_weights(kohya.write(adapter, "sd"), tmp_path / "models/solo/step-000100" / ADAPTER)
    run = {"run": "solo", "method": "lora", "base": str(tiny_sd), "base_sha256": "x", "clip_skip": None, "params": {}}
    run["characters"] = {"cyrus": {"trigger": "cyrus", "pictures": 3}}
    write_json(run, tmp_path / "models/solo/run.json")
    return tmp_path


def held(replace=(), refine=(), reweight=(), level=0.5):
    return Held(replace, refine, reweight, level, 0.8, 0.4)


def test_each_edit_is_a_picture_with_its_recipe(project):
    source = NONE._replace(run="solo@100")
    words = held(["hat=crown"], ["red"], ["red=1.5"])
    files = list(edit_picture("cyrus, hat", source, words, None, True, project / "out"))
    assert [file.name for file in files] == [
        "0.png", "1.png", "mask-1.png", "2.png", "mask-2.png", "3.png", "mask-3.png", "maps.png",
    ]  # fmt: skip
    recipe = recipe_in(project / "out/2.png")
    assert recipe.prompt == "cyrus, hat" and recipe.seed == 3 and recipe.drawing["steps"] == 2
    assert [edit.kind for edit in recipe.edits] == ["replace", "refine"]
    assert [(one.character, one.run, one.step) for one in recipe.figures] == [("cyrus", "solo", 100)]
    again = list(edit_picture("cyrus, hat", source, words, None, False, project / "again"))
    assert [file.read_bytes() for file in again] == [(project / "out" / file.name).read_bytes() for file in again]


def test_a_region_is_painted_anew_and_the_rest_stays(project):
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    (project / "ada.png").write_bytes(encode_png(picture))
    made = repaint_picture(project / "ada.png", "snow", NONE, "0,0,0.5,1", None, 0.8, project / "out")
    changed = (read_image(made) != picture).any(-1)
    assert changed[:, :32].any() and not changed[:, 32:].any() and recipe_in(made).edits[0].kind == "inpaint"
    mask = np.zeros((64, 64, 3), np.uint8)
    mask[32:] = 255
    (project / "mask.png").write_bytes(encode_png(mask))
    made = repaint_picture(project / "ada.png", "snow", NONE, None, project / "mask.png", 0.8, project / "masked")
    changed = (read_image(made) != picture).any(-1)
    assert changed[32:].any() and not changed[:32].any()


def test_the_recipe_of_a_picture_from_outside_draws_it_again(project):
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    half = np.zeros((64, 64, 3), np.uint8)
    half[32:] = 255
    for name, pixels in (("ada", picture), ("mask", half)):
        (project / f"{name}.png").write_bytes(encode_png(pixels))
    ada, source = project / "ada.png", NONE._replace(run="solo@100", sampler="ddim")
    made = [
        repaint_picture(ada, "snow", source, "0,0,0.5,1", None, 0.8, project / "region"),
        repaint_picture(ada, "snow", source, None, project / "mask.png", 0.8, project / "masked"),
        list(edit_picture("cyrus, hat", source, held(["hat=crown"]), ada, False, project / "words"))[1],
    ]
    for file in made:
        assert np.array_equal(Easel().picture(recipe_in(file)).image, read_image(file)), file
    assert recipe_in(project / "words/0.png") is None  # nobody drew it
    whole = recipe_in(made[1]).model_copy(update={"mask": None})
    assert not np.array_equal(Easel().picture(whole).image, read_image(made[1]))
    ada.unlink()
    kept = Path(recipe_in(made[1]).mask.image)
    kept.write_bytes(encode_png(picture))
    with pytest.raises(InputError, match=f"{kept.name}: another picture than the recipe was written for"):
        Easel().picture(recipe_in(made[1]))
    kept.unlink()
    with pytest.raises(MissingError, match=f"{kept.name}: there is no such picture. Put it there, or take it out of"):
        Easel().picture(recipe_in(made[1]))


def test_a_picture_in_the_folder_of_the_result_is_kept_and_that_is_said(project, caplog):
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    out = project / "out"
    out.mkdir()
    (out / "1.png").write_bytes(before := encode_png(picture))
    made = repaint_picture(out / "1.png", "snow", NONE, "0,0,0.5,1", None, 0.8, out)
    kept = Path(recipe_in(made).picture.image)
    assert kept.read_bytes() == before != made.read_bytes()
    assert f"{out / '1.png'}: it may be written over; what it was stays as {kept}" in caplog.text


def test_shares_are_of_the_picture_that_was_given(project):
    """Of 128 x 64 px the middle half is drawn: shares and masks are those of the whole, not of the middle."""
    picture = np.random.default_rng(0).integers(0, 256, (64, 128, 3), dtype=np.uint8)
    white = np.zeros((64, 128, 3), np.uint8)
    white[:, 64:] = 255
    for name, pixels in (("wide", picture), ("mask", white), ("small", white[:32])):
        (project / f"{name}.png").write_bytes(encode_png(pixels))
    wide = project / "wide.png"
    for region, mask in (("0.5,0,1,1", None), (None, project / "mask.png")):
        made = repaint_picture(wide, "snow", NONE, region, mask, 1.0, project / "out")
        moved = (read_image(made) != picture[:, 32:96]).any(-1)
        assert moved[:, 32:].any() and not moved[:, :32].any()
        assert np.array_equal(Easel().picture(recipe_in(made)).image, read_image(made))
    with pytest.raises(ParameterError, match="--region 0,0,0.25,1: it lies outside the middle of 64 x 64 px, which is"):
        repaint_picture(wide, "snow", NONE, "0,0,0.25,1", None, 1.0, project / "out")
    with pytest.raises(ParameterError, match="--mask: it is 128 x 32 px, the picture 128 x 64 px. Paint it on the"):
        repaint_picture(wide, "snow", NONE, None, project / "small.png", 1.0, project / "out")


def test_a_picture_is_compared_with_what_its_recipe_draws(project, capsys, caplog):
    source, words = NONE._replace(run="solo@100"), held(["hat=crown"], ["red"])
    made = list(edit_picture("cyrus, hat", source, words, None, False, project / "out"))
    with caplog.at_level("INFO"):
        redraw_panel(str(made[1]), None, None)
    assert f"{made[1]}: the same picture" in caplog.text and capsys.readouterr().out.strip() == "work/panels/1.png"
    recipe = recipe_in(made[1])
    made[1].write_bytes(with_recipe(read_image(made[0]), recipe))
    with pytest.raises(typer.Exit) as ended:
        redraw_panel(str(made[1]), None, None)
    assert ended.value.exit_code == 1 and "it comes out otherwise" in caplog.text
    with pytest.raises(MissingError, match="nope.json: there is no such file. Name a panel of `dramatis panels`"):
        redraw_panel("nope.json", None, None)


def test_an_empty_prompt_is_refused_before_anything_is_loaded(project):
    for act in (
        lambda: list(edit_picture(" ", NONE, held(["hat=crown"]), None, False, project / "out")),
        lambda: repaint_picture(project / "none.png", "", NONE, None, None, 0.8, project / "out"),
    ):
        with pytest.raises(ParameterError, match="prompt: it is empty. Say what is drawn, a trigger word first"):
            act()


def test_a_control_picture_of_other_proportions_is_cut_alike_by_the_recipe(project, tiny_sd):  # noqa: F811
    model = Model(load_pipeline(str(tiny_sd)))
    net = ControlNetModel(
        block_out_channels=model.parts()["unet"].config.block_out_channels, layers_per_block=1, cross_attention_dim=32,
        norm_num_groups=8, conditioning_embedding_out_channels=(8, 8, 16), attention_head_dim=8,
        down_block_types=["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
    )  # fmt: skip
    torch.manual_seed(1)
    for weights in net.parameters():
        torch.nn.init.normal_(weights, std=0.2)
    net.save_pretrained(project / "models/poses/step-000010" / CONTROLNET)
    told = {"run": "poses", "method": "controlnet", "base": str(tiny_sd), "params": {}, "characters": {}}
    write_json(told, project / "models/poses/run.json")
    pose = np.random.default_rng(0).integers(0, 256, (48, 100, 3), dtype=np.uint8)
    (project / "pose.png").write_bytes(encode_png(pose))
    source = NONE._replace(run="solo@100", control=project / "pose.png", control_run="poses@10")
    made = list(edit_picture("cyrus, hat", source, held(["hat=crown"]), None, False, project / "out"))
    recipe = recipe_in(made[1])
    assert np.array_equal(Easel().picture(recipe).image, read_image(made[1]))
    without = recipe.model_copy(update={"control": None})
    assert not np.array_equal(Easel().picture(without).image, read_image(made[1]))


def test_a_result_is_painted_anew_in_the_folder_where_it_lies(project):
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    (project / "ada.png").write_bytes(encode_png(picture))
    first = repaint_picture(project / "ada.png", "snow", NONE, "0,0,0.5,1", None, 0.8, project / "out")
    before = read_image(first)
    second = repaint_picture(first, "beach", NONE, "0.5,0,1,1", None, 0.8, project / "out")
    assert second == first and np.array_equal(Easel().picture(recipe_in(second)).image, read_image(second))
    assert np.array_equal(read_image(Path(recipe_in(second).picture.image)), before)


def test_options_become_edits():
    found = edits_of(held(["red hat=crown"], ["a=b", "c"], ["d=-2"], level=0))
    assert [(one.word, one.by, one.weight) for one in found] == [
        ("red hat", "crown", None), ("a", "b", None), (None, "c", None), ("d", None, -2),
    ]  # fmt: skip
    assert all(one.blend is None for one in found) and shares("0,0.5,1,1") == (0, 0.5, 1, 1)


@pytest.mark.parametrize(
    "words, said",
    [
        (held(["hat"]), "no word before or behind"),
        (held(["=crown"]), "no word before or behind"),
        (held(reweight=["hat=much"]), "is no number"),
        (held(reweight=["hat=9"]), "weight"),
        (held(reweight=["hat=nan"]), "weight"),
    ],
)
def test_options_that_cannot_be_read(words, said):
    with pytest.raises(ParameterError, match=said):
        edits_of(words)


@pytest.mark.parametrize("text", ["0,0,1", "a,b,c,d", "0,0,2,1", "-1,0,1,1", "nan,0,1,1"])
def test_regions_that_cannot_be_read(text):
    with pytest.raises(ParameterError, match="four shares"):
        shares(text)


def test_what_cannot_be_drawn(project):
    (project / "note.png").write_text("no picture")
    (project / "ada.png").write_bytes(encode_png(np.zeros((8, 8, 3), np.uint8)))
    crown, out = held(["hat=crown"]), project / "out"

    def refused(error, said, prompt="a hat", source=NONE, words=crown, picture=None):
        with pytest.raises(error, match=said):
            list(edit_picture(prompt, source, words, picture, False, out))

    refused(ParameterError, "nothing is asked for", words=held())
    refused(ParameterError, "there is no sampler", source=NONE._replace(sampler="dimm"))
    refused(MissingError, "no such run", source=NONE._replace(run="trio"))
    refused(MissingError, "no such base", source=NONE._replace(base="models/none"))
    refused(ParameterError, "only through DDIM", source=NONE._replace(sampler="euler"), picture=project / "ada.png")
    refused(InputError, "no readable picture", picture=project / "note.png")
    refused(ParameterError, "--control-run", source=NONE._replace(control=project / "ada.png"))
    refused(ParameterError, "does not stand", prompt="a cap")
    refused(InputError, "prompt: it has .* tokens, of which only .* are read. Shorten it", prompt="a hat, " * 40)
    assert not out.exists()
    with pytest.raises(ParameterError, match="Give one of the two"):
        repaint_picture(project / "ada.png", "x", NONE, "0,0,1,1", project / "ada.png", 0.5, out)
    with pytest.raises(ParameterError, match="no area"):
        repaint_picture(project / "ada.png", "x", NONE, "0.5,0,0.5,1", None, 0.5, out)


def test_recipes_are_read_from_pictures_alone(project):
    (project / "plain.png").write_bytes(encode_png(np.zeros((8, 8, 3), np.uint8)))
    assert recipe_in(project / "plain.png") is None
    (project / "note.png").write_text("no picture")
    with pytest.raises(InputError, match="no recipe"):
        recipe_in(project / "note.png")
