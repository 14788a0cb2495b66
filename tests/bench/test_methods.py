"""The benchmark of methods: its table from figures by hand, its look, and one method from training to its strip."""

import io
import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from builders import picture
from conftest import TOP
from PIL import Image

from dramatis.bench.methods import AIMS, KEPT, agreement, figures, params_for, try_method
from dramatis.bench.methods_page import page, strip
from dramatis.bench.methods_recipes import RECIPES
from dramatis.bench.methods_style import DARK, LIGHT, tinted, write_styled
from dramatis.core.images import encode_png
from dramatis.core.params import PARAMS, read_yaml
from dramatis.core.runs import Run
from dramatis.core.splits import read_plan, read_split
from dramatis.core.tables import write_table
from dramatis.preview.schema import PREVIEWS
from dramatis.project.presets import check_params
from dramatis.train.methods import names
from dramatis.train.params import TrainParams
from dramatis.train.phases import phases_of
from dramatis.train.refuse import base_of, refuse


def judged(by_step, second, **more):
    steps = {f"step-{step:06d}": {"recscore": value} for step, value in by_step.items()}
    other = {f"step-{step:06d}": value for step, value in second.items()}
    return {"seconds": 12.0, "verdict": {"best_step": 2, "by_step": steps, "second": {"by_step": other}, **more}}


def test_every_method_has_a_recipe_that_can_be_trained(monkeypatch):
    monkeypatch.chdir(TOP)
    assert {recipe.run["method"] for recipe in RECIPES.values()} == set(names())
    for name, recipe in RECIPES.items():
        params = params_for(name, recipe, read_yaml(PARAMS))
        check_params(params, name)
        run = Run.model_validate(params["runs"][name])
        refuse(name, run, phases_of(TrainParams.model_validate(params["train"]), run, name), base_of(run.base))


def test_a_line_has_the_figures_and_those_of_the_aim():
    found = judged({0: 0.1, 2: 0.9}, {}, recscore=0.9, base_recscore=0.1, pose_error=0.2, base_pose_error=0.5)
    line = figures("lora", RECIPES["lora"], found)
    assert (line["recscore"], line["base_recscore"], line["seconds"], line["copy_risk"]) == (0.9, 0.1, 12.0, None)
    assert set(line) == {*KEPT, "seconds", "best_step"}
    posed = figures("controlnet", RECIPES["controlnet"], found)
    assert (posed["pose_error"], posed["base_pose_error"]) == (0.2, 0.5) and set(AIMS["pose_error"]) <= set(posed)
    assert (
        figures("style", RECIPES["style"], found | {"verdict": found["verdict"] | {"style_gain": 0.4}})[
            "base_style_gain"
        ]
        == 0.0
    )


def test_agreement_counts_the_base_once_and_only_steps_that_both_saw():
    alike = {"a": judged({0: 0, 1: 0.5, 2: 0.6}, {0: 0.1, 1: 0.3, 2: 0.8}), "b": judged({0: 0, 1: 0.7}, {0: 9, 1: 0.9})}
    assert agreement(alike) == pytest.approx(1.0)
    turned = {"a": judged({0: 0, 1: 0.5, 2: 0.6}, {0: 0.9, 1: 0.5, 2: 0.1})}
    assert agreement(turned) == pytest.approx(-1.0)
    assert agreement({"style": {"verdict": {"by_step": {"step-000000": {}}, "second": None}}}) is None


def test_the_look_has_two_colours_and_keeps_light_and_dark():
    grey = np.repeat(np.array([[0, 128, 255]], np.uint8)[..., None], 3, axis=2)
    dark, middle, light = tinted(grey)[0]
    assert dark.tolist() == DARK.tolist() and light.tolist() == LIGHT.tolist()
    assert np.abs(middle - (DARK + LIGHT) / 2).max() <= 2
    again = tinted(picture(3)).reshape(-1, 3).astype(float) - DARK
    assert np.linalg.matrix_rank(again, tol=30) == 1, "all colours lie on one line"


def test_the_styled_dataset_has_scenes_of_nobody(tmp_path, monkeypatch):
    from tiny_sd import write_dataset

    dataset = write_dataset(tmp_path / "dataset")
    styled = write_styled(dataset, tmp_path / "styled")
    rows = read_split(styled, "scenes", "train", ["id", "character", "characters", "caption"])
    assert len(rows) == 10 and all(row["character"] is None and row["characters"] == [] for row in rows)
    assert not any("ada" in row["caption"] for row in rows)
    assert {about["per_epoch"] for about in read_plan(styled, "scenes").values()} == {1.0}
    assert read_plan(styled, "characters") == read_plan(dataset, "characters")
    assert write_styled(dataset, styled) == styled


def preview_row(step, prompt, seed):
    filled = dict.fromkeys(PREVIEWS.names) | {
        "preview_id": f"r-{step:06d}-{prompt}-{seed}",
        "run": "r",
        "step": step,
        "purpose": "fixed",
        "characters": [],
        "prompt": prompt,
        "negative": "",
        "wanted": [],
        "seed": seed,
        "image": encode_png(np.full((64, 64, 3), 40 * step, np.uint8)),
    }
    return {name: filled.get(name, "") for name in PREVIEWS.names}


def test_a_strip_has_the_base_above_and_the_chosen_step_below(tmp_path):
    rows = [preview_row(step, prompt, seed) for step in (0, 2, 4) for prompt in "ab" for seed in (1, 2)]
    write_table(rows, PREVIEWS, tmp_path / "previews.parquet")
    strip(tmp_path, 4, tmp_path / "strip.png")
    image = np.asarray(Image.open(io.BytesIO((tmp_path / "strip.png").read_bytes())).convert("RGB"))
    assert image.shape == (192, 4 * 96, 3) and image[48, 48, 0] == 0 and image[144, 48, 0] == pytest.approx(160, abs=2)


def test_the_page_names_every_method():
    line = {"recscore": 0.9, "base_recscore": 0.1, "seconds": 90.0, "best_step": 2}
    text = page({"methods": dict.fromkeys(RECIPES, line), "oracle_spearman": 0.9})
    assert all(f"## {name}\n" in text and f"methods-{name}.png" in text for name in RECIPES)
    table = [row.count("|") for row in text.splitlines() if row.startswith("|")]
    assert len(table) == 2 + len(RECIPES) and len(set(table)) == 1


@pytest.mark.slow
def test_a_method_is_tried_once(whole_project, tmp_path, monkeypatch):
    monkeypatch.chdir(TOP)
    recipe = RECIPES["lora"]
    short = recipe._replace(run=recipe.run | {"train": {"steps": 4, "save_every": 2}})
    project = read_yaml(PARAMS)
    project["preview"]["drawing"] |= {"steps": 2}
    found = try_method("lora", short, project, whole_project / "data/dataset", tmp_path)
    assert found["verdict"]["best_step"] in (2, 4) and found["seconds"] > 0
    assert pq.read_metadata(tmp_path / "lora/data/previews/lora/previews.parquet").num_rows > 0
    (tmp_path / "lora/params.yaml").unlink()
    assert try_method("lora", short, project, whole_project / "data/dataset", tmp_path) == json.loads(
        (tmp_path / "lora/done.json").read_text()
    )
