import json

import pytest
import torch
import yaml
from adapters import random_adapter
from tiny_sd import tiny_sd  # noqa: F401

from dramatis.cli import merge_search
from dramatis.cli.merge import Order, merge_checkpoints, read_source, sources_of
from dramatis.cli.merge_search import in_ratios, ratios_tried, step_of_ratio, worth
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.tables import write_json
from dramatis.diffusion.adapter import change_of
from dramatis.diffusion.files import ADAPTER
from dramatis.diffusion.formats import kohya
from dramatis.diffusion.formats.adapters import read_adapter
from dramatis.diffusion.load import load_pipeline
from dramatis.diffusion.model import Model
from dramatis.diffusion.weights import write_weights


@pytest.fixture
def project(tiny_sd, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    parts = Model(load_pipeline(str(tiny_sd))).parts()
    for number, name in enumerate(("solo", "twins")):
        for step in (100, 200, 300):
            adapter = random_adapter(parts, seed=number * 1000 + step)
            write_weights(kohya.write(adapter, "sd"), tmp_path / "models" / name / f"step-{step:06d}" / ADAPTER)
        run = {"run": name, "method": "lora", "base": str(tiny_sd), "base_sha256": "x", "clip_skip": None, "params": {}}
        run["characters"] = {name[0]: {"trigger": name[0], "pictures": 3}}
        write_json(run, tmp_path / "models" / name / "run.json")
    write_json({"best_step": 200}, tmp_path / "metrics" / "score" / "twins.json")
    return tmp_path


def test_words_of_the_command_line(project):
    assert [one.name for one in read_source("twins").folders] == ["step-000200"]
    assert [one.name for one in read_source("solo@100").folders] == ["step-000100"]
    assert [one.name for one in read_source("solo@150-300").folders] == ["step-000200", "step-000300"]
    assert read_source("twins@300:0.5").ratio == 0.5 and read_source("models/twins@300:-1").ratio == -1
    file = "models/solo/step-000100/adapter.safetensors"
    assert [str(one) for one in read_source(f"{file}:0.3").folders] == [file]
    sources = sources_of([read_source("solo@100-200"), read_source("twins")])
    assert [(source.checkpoint.parent.name, source.ratio) for source in sources] == [
        ("solo", 0.25), ("solo", 0.25), ("twins", 0.5),
    ]  # fmt: skip
    with pytest.raises(MissingError, match="no step is known to be the best.*solo@300"):
        read_source("solo")
    with pytest.raises(MissingError, match="Steps of solo: 100, 200, 300"):
        read_source("solo@150")
    with pytest.raises(MissingError, match="no such run, file or folder"):
        read_source("nobody@1")
    with pytest.raises(ParameterError, match="has no ratio, and others have"):
        sources_of([read_source("solo@100:1"), read_source("twins")])


def test_a_merged_run_can_be_drawn_like_any(project):
    lines = merge_checkpoints(Order(["solo@100:0.5", "twins@200:0.5"], project / "models" / "mixed"))
    assert lines[0].endswith("sum of 2 LoRAs, exact")
    run = json.loads((project / "models" / "mixed" / "run.json").read_text())
    assert set(run["characters"]) == {"s", "t"} and run["run"] == "mixed" and run["last"] == "step-000001"
    assert run["merged"] == {"models/solo/step-000100": 0.5, "models/twins/step-000200": 0.5}
    assert (project / "models" / "mixed" / "step-000001" / ADAPTER).is_file()
    with pytest.raises(ParameterError, match="something already"):
        merge_checkpoints(Order(["twins"], project / "models" / "mixed"))


def test_parts_of_two_and_a_range(project):
    merge_checkpoints(Order([], project / "models" / "parts", unet="solo@100", text_encoder="twins@200"))
    mixed = read_adapter(project / "models" / "parts" / "step-000001" / ADAPTER)
    whole = {
        n: read_adapter(project / "models" / n / f"step-000{s}" / ADAPTER) for n, s in (("solo", 100), ("twins", 200))
    }
    for place, update in mixed.layers.items():
        shape = torch.Size([update["lora_up.weight"].shape[0], *update["lora_down.weight"].shape[1:]])
        theirs = whole["solo" if place.part == "unet" else "twins"].layers[place]
        assert torch.allclose(change_of(update, shape), change_of(theirs, shape), atol=1e-6)
    lines = merge_checkpoints(Order(["twins@100-300"], project / "models" / "mean", rank=2))
    assert "sum of 3 LoRAs, nearest of rank 2" in lines[0] and lines[1].endswith("0.333333")
    with pytest.raises(ParameterError, match="parts come from two"):
        merge_checkpoints(Order(["twins"], project / "models" / "x", unet="solo@100"))


def test_onto_a_base(project, tiny_sd):  # noqa: F811
    merge_checkpoints(Order(["solo@100:0.8"], project / "fused", onto=str(tiny_sd)))
    from dramatis.diffusion.apply import apply

    model = Model(load_pipeline(str(tiny_sd)))
    apply(model, project / "models" / "solo" / "step-000100", 0.8)
    theirs = load_pipeline(str(project / "fused")).unet.state_dict()
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in model.pipeline.unet.state_dict().items())


def test_runs_of_other_bases_do_not_mix(project):
    run = json.loads((project / "models" / "solo" / "run.json").read_text()) | {"base_sha256": "y"}
    write_json(run, project / "models" / "solo" / "run.json")
    with pytest.raises(InputError, match="trained on another base"):
        merge_checkpoints(Order(["solo@100", "twins"], project / "models" / "x"))
    assert not (project / "models" / "x").exists()


@pytest.mark.parametrize("how", ["grid", "golden"])
def test_candidates_of_a_search(how):
    tried = {}

    def value(ratios):
        for ratio in ratios:
            tried[ratio] = {"recscore": -((ratio - 0.3) ** 2)}
        best = max(tried, key=lambda ratio: tried[ratio]["recscore"])
        return {"best_step": step_of_ratio(best)}

    verdict = ratios_tried(how, 9, value, tried)
    assert len(tried) == 9 and all(0 <= ratio <= 1 for ratio in tried)
    assert abs(verdict["best_step"] - step_of_ratio(0.3)) <= (80 if how == "grid" else 15)
    if how == "grid":
        assert sorted(tried) == [index / 8 for index in range(9)]


@pytest.mark.parametrize("how", ["grid", "golden"])
def test_a_search_leaves_the_best_candidate_and_its_table(project, monkeypatch, how):
    """The judge is a formula here; how stages are run as they are is tested by `test_a_scratch_project`."""
    for name in ("data/dataset", "data/previews/twins", "stages", "metrics/score"):
        (project / name).mkdir(parents=True, exist_ok=True)
    (project / "params.yaml").write_text("preview: {seed: 7}\nruns: {solo: {method: lora}}\n")
    seen = []

    def formula(place, name):
        steps = {folder.name: int(folder.name[5:]) for folder in sorted((place / "models" / name).glob("step-*"))}
        seen.append(len(steps))
        scores = {
            n: {"recscore": 1 - abs(s - 601) / 1000, "identified": 1.0, "control": None} for n, s in steps.items()
        }
        best = max(scores, key=lambda n: scores[n]["recscore"])
        return {"best_step": steps[best], "by_step": scores, "reason": "Formula."}

    monkeypatch.setattr(merge_search, "judged", formula)
    lines = merge_search.search(["solo@100", "twins"], project / "models" / "best", how, 6, None, False)
    assert seen == ([6] if how == "grid" else [1, 2, 3, 4, 5, 6])
    rows = json.loads((project / "models" / "best" / "search.json").read_text())
    assert len(rows) == 6 and [row["ratio"] for row in rows] == sorted(row["ratio"] for row in rows)
    best = max(rows, key=lambda row: row["recscore"])["ratio"]
    assert abs(best - 0.6) <= 0.06 and lines[-1].endswith(f"solo@100 {1 - best:g}, twins {best:g}. Formula.")
    run = json.loads((project / "models" / "best" / "run.json").read_text())
    assert run["merged"] == pytest.approx({"models/solo/step-000100": 1 - best, "models/twins/step-000200": best})
    assert (project / "models" / "best" / "step-000001" / ADAPTER).is_file()
    with pytest.raises(ParameterError, match="needs two checkpoints"):
        merge_search.search(["twins"], project / "models" / "x", how, 6, None, False)
    with pytest.raises(ParameterError, match="the ratio is what is searched"):
        merge_search.search(["twins:1", "solo@100:2"], project / "models" / "x", how, 6, None, False)


def test_the_reason_speaks_of_ratios():
    said = "Step 383 has recscore 0.75, the bare base 0.00; it is the earliest, 0.80 at step 1001."
    assert in_ratios(said) == "Ratio 0.382 has recscore 0.75, the bare base 0.00; it is the earliest, 0.80 at ratio 1."


def test_what_golden_section_goes_by():
    assert worth({"recscore": 0.4, "control": 0.9}) == 0.4
    assert worth({"recscore": None, "style_gain": 0.3}) == 0.3
    assert worth({"recscore": 0.4, "pose_error": 0.25}) == 0.75  # a ControlNet is for poses


def test_what_is_to_be_merged_is_not_written_over(project):
    for out in ("models/solo", "models", "."):
        with pytest.raises(ParameterError, match="which is to be merged, is in it"):
            merge_checkpoints(Order(["solo@100", "twins"], project / out, force=True))
    with pytest.raises(ParameterError, match="which is to be merged, is in it"):
        merge_search.search(["solo@100", "twins"], project / "models", "grid", 3, None, True)
    assert (project / "models" / "solo" / "run.json").is_file()


def test_a_scratch_project(project):
    """Stages see this project with one run in it, and write beside it; a stage that fails says why."""
    for name in ("data/dataset", "data/previews/twins", "data/scores/twins", "stages", "metrics/score", ".dvc"):
        (project / name).mkdir(parents=True, exist_ok=True)
    (project / "params.yaml").write_text("preview: {seed: 7}\nruns: {solo: {method: lora}}\n")
    write = "import sys, json; from pathlib import Path; p = Path(f'data/previews/{sys.argv[1]}')\n"
    write += "assert not p.exists() and Path('data/dataset').is_dir(); p.mkdir(parents=True)\n"
    (project / "stages" / "preview.py").write_text(write)
    score = "import sys, json; from pathlib import Path; p = Path(f'data/scores/{sys.argv[1]}/verdict.json')\n"
    score += "p.parent.mkdir(parents=True); p.write_text(json.dumps({'best_step': 1}))\n"
    (project / "stages" / "score.py").write_text(score)
    place = project / "work" / "merge" / "best"
    models = merge_search.scratch_project(place, "best", [read_source("solo@100"), read_source("twins")])
    assert models == place / "models" / "best" and (place / "models" / "twins").is_symlink()
    params = yaml.safe_load((place / "params.yaml").read_text())
    assert params["preview"] == {"seed": 7} and list(params["runs"]) == ["best"]
    assert params["runs"]["best"]["characters"] == ["s", "t"]
    assert merge_search.judged(place, "best") == {"best_step": 1}
    assert not (place / "data" / "scores" / "twins").exists()
    assert not (project / "data" / "previews" / "best").exists() and not list((project / "metrics/score").glob("best*"))
    (project / "stages" / "preview.py").write_text("raise SystemExit('error: no such weights')")
    with pytest.raises(InputError, match="stage preview of best: no such weights. Mend that"):
        merge_search.judged(place, "best")
