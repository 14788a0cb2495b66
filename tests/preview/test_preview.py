import numpy as np
import pyarrow.parquet as pq
import pytest
from tiny_sd import DRAWING, TRAIN, merged, write_dataset

from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.images import decode, read_image
from dramatis.core.params import validate
from dramatis.core.runs import Run
from dramatis.preview.grid import CELL_PX, WIDTH_PX, grid
from dramatis.preview.params import PreviewParams
from dramatis.preview.prompts import requests, wanted_tags
from dramatis.preview.run import run
from dramatis.train.params import TrainParams
from dramatis.train.run import run as train

TEMPLATES = ["{trigger}, 1person, head, red robe, forest", "1person, {trigger}, beach"]


def settings(**changes):
    values = {"seed": 7, "prompts": TEMPLATES, "images": 2, "drawing": DRAWING, **changes}
    return validate(values, PreviewParams, "params.yaml: preview")


@pytest.fixture(scope="module")
def project(tiny_sd, tmp_path_factory):
    """A folder with a trained run, and its previews in `out`."""
    top = tmp_path_factory.mktemp("project")
    spec = Run(method="lora", characters=["ada", "bela"], base=str(tiny_sd))
    rates = {"unet": 0.05, "text_encoder": 0.05}
    params = TrainParams.model_validate(merged(TRAIN, {"steps": 4, "learning_rate": rates}))
    train("duo", spec, params, dataset=write_dataset(top / "dataset"), out=top / "models", work=top / "work")
    run("duo", spec, settings(), models=top / "models", out=top / "out")
    return top, spec


def test_the_tags_that_are_asked_for():
    assert wanted_tags(TEMPLATES[0]) == ["1person", "head", "red robe", "forest"]
    assert wanted_tags("a picture of {trigger} , beach,") == ["beach"]


def test_requests_have_own_seeds_that_others_do_not_change():
    both = requests({"ada": "ada", "bela": "b3la"}, TEMPLATES, 2, 7)
    assert [request.key for request in both[:3]] == ["ada-00-00", "ada-00-01", "ada-01-00"]
    assert both[-1].prompt == "1person, b3la, beach"
    assert len({request.seed for request in both}) == 8
    alone = requests({"bela": "b3la"}, TEMPLATES[1:], 1, 7)
    assert alone[0].seed == both[6].seed


def test_every_checkpoint_draws_the_same_requests(project):
    top, _ = project
    rows = pq.read_table(top / "out" / "previews.parquet").to_pylist()
    assert len(rows) == 3 * 2 * 2 * 2
    by_step = {step: [row for row in rows if row["step"] == step] for step in (0, 2, 4)}
    asked = [[(row["prompt"], row["seed"], row["wanted"]) for row in part] for part in by_step.values()]
    assert asked[0] == asked[1] == asked[2]
    assert rows[0]["preview_id"] == "duo-000000-ada-00-00"
    for base, trained in zip(by_step[0], by_step[4], strict=True):
        assert not np.array_equal(decode(base["image"]), decode(trained["image"]))


def test_the_grid_has_a_row_per_prompt_and_a_column_per_step(project):
    picture = read_image(project[0] / "out" / "grid.png")
    assert picture.shape[1] == WIDTH_PX + 3 * CELL_PX and picture.shape[0] > 4 * CELL_PX


def test_cells_stand_where_they_belong():
    colours = [[np.full((8, 8, 3), 10 * row + column, np.uint8) for column in range(3)] for row in range(2)]
    page = grid(colours, ["a", "b", "c"], ["one", "two"])
    assert page[-10, WIDTH_PX + 2 * CELL_PX + 10].tolist() == [12] * 3
    assert page[30, WIDTH_PX + 10].tolist() == [0] * 3


def test_again_is_the_same_bytes(project, tmp_path):
    top, spec = project
    run("duo", spec, settings(), models=top / "models", out=tmp_path / "out")
    for name in ("previews.parquet", "grid.png"):
        assert (tmp_path / "out" / name).read_bytes() == (top / "out" / name).read_bytes()


def test_user_errors(project, tmp_path):
    top, spec = project
    with pytest.raises(MissingError, match="stage train@duo makes it"):
        run("duo", spec, settings(), models=tmp_path, out=tmp_path / "out")
    with pytest.raises(MissingError, match="no such base model"):
        gone = spec.model_copy(update={"base": "models/gone"})
        run("duo", gone, settings(), models=top / "models", out=tmp_path / "o")
    assert not (tmp_path / "out").exists() and not (tmp_path / "o").exists()
    with pytest.raises(ParameterError, match=r"prompts.0 = 'nobody'"):
        settings(prompts=["nobody"])
