"""The stage on a base of random weights."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from conftest import TOP
from diffusers import ControlNetModel
from preview_settings import VALUES, control_row, only, settings
from tiny_sd import TRAIN, dataset_row, merged, write_dataset

from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.images import decode, read_image
from dramatis.core.runs import Run
from dramatis.core.tables import write_table
from dramatis.dataset.schema import CONTROLLED
from dramatis.preview import run as stage
from dramatis.preview.grid import CELL_PX
from dramatis.preview.run import run
from dramatis.train.params import TrainParams
from dramatis.train.run import run as train

FILES = ("previews.parquet", "grid.png", "page.html")


@pytest.fixture(scope="module")
def project(tiny_sd, tmp_path_factory):
    """A folder with a trained run, and its previews in `out`."""
    top = tmp_path_factory.mktemp("project")
    spec = Run(method="lora", characters=["ada", "bela"], base=str(tiny_sd))
    rates = {"unet": 0.05, "text_encoder": 0.05}
    params = TrainParams.model_validate(merged(TRAIN, {"steps": 4, "learning_rate": rates}))
    rows = [dataset_row(i, "ada" if i < 6 else "bela") for i in range(10)]
    rows.append(dataset_row(10, "ada", "ada, 1person, bright, variant", origin="exposure"))
    train("duo", spec, params, dataset=write_dataset(top / "dataset", rows), out=top / "models", work=top / "old")
    draw(top, spec, top, plots=top / "plots")
    return top, spec


def draw(top, spec, into, params=None, **more):
    places = {"models": top / "models", "dataset": top / "dataset", "out": into / "out", **more}
    run("duo", spec, params or settings(), **places)


def rows_of(folder):
    return pq.read_table(folder / "previews.parquet").to_pylist()


def content(folder):
    return {file.relative_to(folder): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_every_checkpoint_draws_the_same_requests(project):
    rows = rows_of(project[0] / "out")
    by_step = {step: [row for row in rows if row["step"] == step] for step in (0, 2, 4)}
    assert sum(map(len, by_step.values())) == len(rows) == 3 * (2 + 8 + 2 + 1)
    same = ("prompt", "negative", "seed", "wanted", "purpose", "character", "characters")
    asked = [[[row[key] for key in same] for row in part] for part in by_step.values()]
    assert asked[0] == asked[1] == asked[2]
    for base, trained in zip(by_step[0], by_step[4], strict=True):
        assert not np.array_equal(decode(base["image"]), decode(trained["image"]))


def test_rows_say_who_is_asked_for(project):
    rows = {row["preview_id"]: row for row in rows_of(project[0] / "out")}
    fixed, pair = rows["duo-000002-fixed-ada-00-01"], rows["duo-000002-pair-bela+ada-00-00"]
    assert (fixed["character"], fixed["characters"]) == ("ada", ["ada"])
    assert (pair["character"], pair["characters"], pair["prompt"]) == (None, ["bela", "ada"], "bela, ada, lake")
    assert decode(pair["image"]).shape == (64, 96, 3)
    nobody = rows["duo-000000-forget-nobody-00-00"]
    assert (nobody["character"], nobody["characters"], nobody["control_image"]) == (None, [], None)
    assert rows["duo-000000-tags-ada-00-00"]["prompt"] == "ada, 1person, head, red_robe, forest", "no variant's caption"


def test_the_grid_and_the_page(project):
    top = project[0]
    grid = read_image(top / "out" / "grid.png")
    assert grid.shape[0] > (2 + 4 + 2 + 1) * CELL_PX * 2 / 3
    assert (top / "plots" / "grid.png").read_bytes() == (top / "out" / "grid.png").read_bytes()
    page = (top / "out" / "page.html").read_text()
    assert "http" not in page.replace("http-equiv", ""), "nothing from the network"
    shown = json.loads(page.split('id="shown">')[1].split("</script>")[0])
    assert shown["steps"] == [0, 2, 4] and shown["triggers"] == {"ada": "ada", "bela": "bela"}
    for prompt in shown["prompts"]:
        sheet = read_image(top / "out" / "sheets" / f"{prompt['key']}.jpg")
        assert sheet.shape[1::-1] == (prompt["size"][0] * 3, prompt["size"][1] * len(prompt["seeds"]))


def test_again_is_the_same_bytes_with_and_without_scratch(project, tmp_path):
    top, spec = project
    draw(top, spec, tmp_path, work=tmp_path / "work")
    assert content(tmp_path / "out") == content(top / "out")
    assert not any((tmp_path / "work").rglob("*.png"))


def test_kinds_are_switched_off_and_change_no_other(project, tmp_path):
    top, spec = project
    draw(top, spec, tmp_path, only(drawing={"batch_size": 4}))
    rows = rows_of(tmp_path / "out")
    assert {row["purpose"] for row in rows} == {"fixed"}
    whole = {row["preview_id"]: row for row in rows_of(top / "out")}
    for row in rows:
        assert row["seed"] == whole[row["preview_id"]]["seed"]
        difference = decode(row["image"]).astype(int) - decode(whole[row["preview_id"]]["image"])
        assert np.abs(difference).max() <= 2  # batches of others round otherwise


def test_strength_none_is_the_base(project, tmp_path):
    top, spec = project
    draw(top, spec, tmp_path, only(scale=0, fixed={"images": 1}))
    rows = rows_of(tmp_path / "out")
    drawn = [[row["image"] for row in rows if row["step"] == step] for step in (0, 2, 4)]
    assert drawn[0] == drawn[1] == drawn[2]


def test_a_stage_goes_on_where_it_stopped(project, tmp_path, monkeypatch):
    top, spec = project
    steps, true_draw = [], stage._draw

    def breaking(*given):
        steps.append(given[3])
        for number, drawn in enumerate(true_draw(*given)):
            if len(steps) == 3 and number == 1:
                raise OSError(28, "No space left on device", "work")
            yield drawn

    monkeypatch.setattr(stage, "_draw", breaking)
    with pytest.raises(OSError, match="No space left"):
        draw(top, spec, tmp_path, work=tmp_path / "work")
    assert len(steps) == 3 and not (tmp_path / "out").exists()
    assert len(list((tmp_path / "work" / "duo").iterdir())) == 2, "nothing half drawn is left"
    monkeypatch.setattr(stage, "_draw", lambda *given: steps.append(given[3]) or true_draw(*given))
    draw(top, spec, tmp_path, work=tmp_path / "work")
    assert [step and step.name for step in steps[3:]] == ["step-000004"], "only what was missing"
    assert content(tmp_path / "out") == content(top / "out")
    assert not (tmp_path / "work" / "duo").exists()


@pytest.mark.slow
def test_killed_and_started_again_is_the_same_bytes(project, tmp_path):
    top, spec = project
    code = (
        "import sys, json; sys.path.insert(0, sys.argv[1]); from pathlib import Path\n"
        "from dramatis.core.runs import Run; from dramatis.preview.params import PreviewParams\n"
        "from dramatis.preview.run import run\n"
        "top, into = Path(sys.argv[2]), Path(sys.argv[3])\n"
        "run('duo', Run(**json.loads(sys.argv[4])), PreviewParams(**json.loads(sys.argv[5])),\n"
        "    models=top / 'models', dataset=top / 'dataset', out=into / 'out', work=into / 'work')\n"
    )
    given = [str(TOP / "src"), str(top), str(tmp_path), spec.model_dump_json(), json.dumps(VALUES)]
    command = [sys.executable, "-c", code, *given]
    running = subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, stderr=subprocess.DEVNULL)
    while not list((tmp_path / "work").glob("duo/step-000000-*")) and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert not (tmp_path / "out").exists()
    subprocess.run(command, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"}, stderr=subprocess.DEVNULL)
    assert content(tmp_path / "out") == content(top / "out")


def controlnet(top: Path, project) -> Run:
    """A run of method controlnet in a folder of its own: a ControlNet of random weights, and control images."""
    old, spec = project
    spec = spec.model_copy(update={"method": "controlnet"})
    record = json.loads((old / "models" / "run.json").read_text()) | {"method": "controlnet"}
    (top / "models" / "step-000002" / "controlnet").mkdir(parents=True)
    (top / "models" / "run.json").write_text(json.dumps(record))
    return spec


def test_a_run_of_method_controlnet(project, tmp_path, monkeypatch):
    spec = controlnet(tmp_path, project)
    dataset = write_dataset(tmp_path / "dataset")
    with pytest.raises(MissingError, match="no control image of landmarks of ada, bela"):
        draw(tmp_path, spec, tmp_path)
    whole = dataset_row(0) | {"segmentation": None}
    rows = [whole | control_row(number, who) for number, who in enumerate(["ada", "bela", "ada", "ada"])]
    write_table(rows, CONTROLLED, dataset / "control" / "validation" / "v.parquet")
    shapes = {"block_out_channels": (16, 32, 32), "norm_num_groups": 8, "attention_head_dim": 8}
    blocks = ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D")
    net = ControlNetModel(
        **shapes,
        layers_per_block=1,
        cross_attention_dim=32,
        down_block_types=blocks,
        conditioning_embedding_out_channels=(8, 16, 16),
    )
    for weight in net.parameters():
        weight.data += 0.05
    monkeypatch.setattr(stage, "apply", lambda model, folder, scale: setattr(model, "controlnet", net.eval()))
    draw(tmp_path, spec, tmp_path)
    drawn = rows_of(tmp_path / "out")
    assert {(row["purpose"], row["character"]) for row in drawn} == {
        ("control", "ada"),
        ("control", "bela"),
        ("forget", None),
    }
    one = next(row for row in drawn if row["character"] == "ada")
    assert decode(one["control_image"]).shape == (64, 64, 3) and np.allclose(one["landmarks"], [0.5, 0.25] * 68)
    assert len(drawn) == 2 * (2 + 1 + 1)
    shown = {step: [row["image"] for row in drawn if row["step"] == step] for step in (0, 2)}
    assert not {*shown[0]} & {*shown[2]}, "the ControlNet looks at the control image"


def test_user_errors(project, tmp_path):
    top, spec = project
    with pytest.raises(MissingError, match="stage train@duo makes it"):
        draw(tmp_path, spec, tmp_path, dataset=top / "dataset")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "run.json").write_text((top / "models" / "run.json").read_text())
    with pytest.raises(MissingError, match=r"this run has no checkpoint. Delete .*models, then"):
        draw(tmp_path, spec, tmp_path, dataset=top / "dataset")
    with pytest.raises(MissingError, match="no such base model"):
        draw(top, spec.model_copy(update={"base": "models/gone"}), tmp_path)
    with pytest.raises(MissingError, match="stage dataset makes it"):
        draw(top, spec, tmp_path, dataset=tmp_path / "dataset")
    few = write_dataset(tmp_path / "few", [dataset_row(i, "bela") for i in range(4)])
    with pytest.raises(InputError, match="ada: the run was trained on this character, of whom there is no picture"):
        draw(top, spec, tmp_path, dataset=few)
    with pytest.raises(ParameterError, match="sampler = heun|nearly pure noise"):
        draw(top, spec, tmp_path, settings(drawing={"sampler": "dpmpp_2m_karras"}))
    assert not (tmp_path / "out").exists()
