"""Recipes of training: each says where it is from, fits together with the kinds of film, and can be carried out."""

import pytest
from conftest import TOP
from small_recipe import KINDS, RECIPES, applied, base_of, shrunk

from dramatis.bench.methods_style import write_styled
from dramatis.bench.scratch import STAGES, open_scratch, run_stage, verdict
from dramatis.core.runs import Run
from dramatis.project.presets import check_params
from dramatis.train.params import TrainParams
from dramatis.train.phases import phases_of
from dramatis.train.refuse import base_of as base_facts
from dramatis.train.refuse import refuse

WORDS = ("For ", "Weights ", "Hardware ", "Time ", "Says ", "Ours ", "Tested ")


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch):
    monkeypatch.chdir(TOP)


def phases(params):
    """Phases of every run, as stage `train` takes them, after its refusals."""
    section, found = TrainParams.model_validate(params["train"]), {}
    for name, values in params["runs"].items():
        run = Run.model_validate(values)
        found[name] = phases_of(section, run, name)
        refuse(name, run, found[name], base_facts(run.base))
    return found


def test_there_is_a_recipe_for_everything_that_was_told():
    told = {"cast-of-50", "dreambooth", "style-inversion", "sdxl-lora", "loha-pairs", "loha-joint", "anime-v1.0"}
    assert told | {"anime-v1.3", "anime-v1.4", "controlnet-landmarks"} == set(RECIPES)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_says_where_it_is_from_and_what_is_measured(name):
    header = [line for line in (TOP / f"presets/{name}.yaml").read_text().splitlines() if line.startswith("#")]
    assert all(any(line.startswith(f"# {word}") for line in header) for word in WORDS)
    assert "recipe R" in header[0] or "wish of R" in header[0]
    assert any("not measured here" in line for line in header)


@pytest.mark.parametrize("kind", [None, *KINDS])
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_combines_with_every_kind_of_film(name, kind):
    params = applied(*filter(None, [kind, name]))
    check_params(params, "params.yaml")
    assert phases(params) and not {"solo", "twins"} & set(params["runs"])


@pytest.mark.parametrize("name", RECIPES)
def test_two_recipes_stand_side_by_side(name):
    other = RECIPES[RECIPES.index(name) - 1]
    both = applied(other, name)
    assert both["runs"].keys() == applied(other)["runs"].keys() | applied(name)["runs"].keys()
    assert both["runs"] == applied(other)["runs"] | applied(name)["runs"]


def test_the_figures_of_the_accounts():
    found = {name: list(phases(applied(name)).values())[0] for name in RECIPES}
    both, unet, normal = (phase.params for phase in found["cast-of-50"])
    assert [one.epochs for one in (both, unet, normal)] == [140, 80, 200]
    assert both.learning_rate.unet == 7e-7 and both.learning_rate.text_encoder == 5e-8
    assert [one.per_subject[100] for one in (both, unet, normal)] == [40, 30, 8]
    assert found["cast-of-50"][1].start == {"text_encoder": "both", "unet": "base"}
    booth = found["dreambooth"][0].params
    assert (booth.steps, booth.text_encoder_steps, booth.learning_rate.unet) == (1530, 350, 2e-6)
    alone, together = (phase.params for phase in found["loha-pairs"])
    assert [(one.resolution_px, one.batch_size) for one in (alone, together)] == [(640, 4), (768, 2)]
    assert (alone.adapter.rank, alone.adapter.alpha, alone.captions.tokens) == (8, 1, 225)
    assert found["anime-v1.0"][0].params.steps == 1500
    assert found["anime-v1.3"][0].params.epochs == 12
    assert (found["anime-v1.4"][0].params.epochs, found["anime-v1.4"][0].params.min_steps) == (15, 3000)
    assert found["controlnet-landmarks"][0].params.epochs == 1
    assert found["style-inversion"][0].params.learning_rate.embedding == 5e-4
    assert 0.7 <= applied("sdxl-lora")["runs"]["sdxl"]["fuse"]["scale"] <= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_runs_end_to_end(name, whole_project, tmp_path):
    """From the dataset to the release, by the stages' own scripts, on the sample film."""
    params = shrunk(applied(name), base_of(name, tmp_path))
    scenes = name == "style-inversion"  # the film has somebody in every frame: crops in a look take the scenes' place
    dataset = write_styled(whole_project / "data/dataset", tmp_path / "styled") if scenes else None
    top = open_scratch(tmp_path / "project", whole_project, params, dataset)
    for run in params["runs"]:
        for stage in STAGES:
            run_stage(top, stage, run)
        assert list((top / "models/release" / run).iterdir()) and verdict(top, run)["best_step"] > 0
