"""The stage on a tiny base: what it writes, that it learns, that it repeats itself, that it survives a kill."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load_file
from tiny_sd import dataset_row, encode, write_dataset
from tiny_train import WEIGHTS, contents, settings, train

from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.diffusion.load import load_pipeline
from dramatis.diffusion.model import Model
from dramatis.train.methods import build_method


@pytest.fixture(scope="module")
def trained(tiny_sd, tmp_path_factory):
    return train(tmp_path_factory.mktemp("trained"), tiny_sd, characters=("ada", "bela"))


def test_it_writes_checkpoints_log_and_record(trained):
    files = sorted(contents(trained))
    steps = [f"step-00000{step}/{WEIGHTS}" for step in (2, 4, 6)]
    assert files == ["log.parquet", "run.json", "seen.parquet", *steps]
    log = pq.read_table(trained / "log.parquet").to_pylist()
    assert [row["step"] for row in log] == [1, 2, 3, 4, 5, 6]
    assert all(np.isfinite(row["loss"]) for row in log)
    assert [row["rate"] for row in log] == pytest.approx([0.5, 1, 1, 1, 2 / 3, 1 / 3])
    record = json.loads((trained / "run.json").read_text())
    assert record["characters"] == {
        "ada": {"trigger": "ada", "pictures": 6},
        "bela": {"trigger": "bela", "pictures": 4},
    }
    assert record["regularization"] == 2 and not (trained.parents[1] / "work" / "solo").exists()


def test_steps_differ_and_both_parts_learned(trained):
    first, last = (load_file(trained / f"step-00000{step}" / WEIGHTS) for step in (2, 6))
    assert {name.split("_")[1] for name in last} == {"unet", "te"}
    assert any("conv1" in name for name in last) and any("text_model_encoder" in name for name in last)
    ups = [name for name in last if "lora_up" in name]
    assert all(not torch.equal(first[name], last[name]) for name in ups)


def test_two_runs_are_the_same_bytes(trained, tiny_sd, tmp_path):
    again = train(tmp_path, tiny_sd, characters=("ada", "bela"))
    ours, theirs = contents(trained), contents(again)
    record, other = (json.loads(files.pop("run.json")) for files in (ours, theirs))
    assert ours == theirs and record == other


@pytest.mark.parametrize(
    "change",
    [{"seed": 8}, {"captions": {"shuffle": False}}, {"objective": {"face_weight": 4.0}}],
)
def test_a_parameter_changes_the_weights(trained, tiny_sd, tmp_path, change):
    other = train(tmp_path, tiny_sd, params=settings(**change), characters=("ada", "bela"))
    name = f"step-000006/{WEIGHTS}"
    assert (other / name).read_bytes() != (trained / name).read_bytes()


def prediction(pipeline):
    """What the UNet predicts for a fixed input, text encoder included."""
    latents = torch.randn(2, 4, 16, 16, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        conditioning = encode(pipeline.tokenizer, pipeline.text_encoder, ["ada, forest", ""])
        return pipeline.unet(latents, 500, conditioning).sample


def disturbed(base, **lora):
    """A method with an effect, as after a training."""
    pipeline = load_pipeline(str(base))
    method = build_method("lora", Model(pipeline), settings(adapter=lora), {})
    generator = torch.Generator().manual_seed(2)
    for named in method.parameters().values():
        for tensor in named.values():
            tensor.data += 0.05 * torch.randn(tensor.shape, generator=generator)
    return method, pipeline


def test_a_fresh_adapter_changes_nothing(tiny_sd):
    bare = load_pipeline(str(tiny_sd))
    adapted = load_pipeline(str(tiny_sd))
    build_method("lora", Model(adapted), settings(), {})
    assert torch.equal(prediction(bare), prediction(adapted))


@pytest.mark.parametrize(
    ("lora", "tolerance"),
    [
        ({}, 0.0),
        ({"alpha": 8, "text_alpha": 1}, 0.0),
        ({"alpha": 3}, 5e-6),
        ({"targets": "attn"}, 0.0),
        ({"targets": "attn-mlp", "text_rank": 0}, 0.0),
    ],
)
def test_diffusers_loads_what_was_trained(tiny_sd, tmp_path, lora, tolerance):
    method, pipeline = disturbed(tiny_sd, **lora)
    wanted = prediction(pipeline)
    method.save(tmp_path)
    fresh = load_pipeline(str(tiny_sd))
    bare = prediction(fresh)
    fresh.load_lora_weights(str(tmp_path), weight_name=WEIGHTS)
    found = prediction(fresh)
    assert (found - wanted).abs().max() <= tolerance
    assert (found - bare).abs().max() > 0.01


def test_targets_widen(tiny_sd):
    counts = [len(disturbed(tiny_sd, targets=name)[0].parameters()["unet"]) for name in ("attn", "attn-mlp", "full")]
    assert counts[0] < counts[1] < counts[2]


def test_it_learns_one_picture(tiny_sd, tmp_path):
    rows = [dataset_row(1), dataset_row(2, "bela")]
    write_dataset(tmp_path / "dataset", train=rows)
    params = settings(
        steps=60,
        save_every=60,
        batch_size=4,
        learning_rate={"unet": 1.0e-2},
        prior={"share": 0.0},
        captions={"dropout": 0.0},
    )
    out = train(tmp_path, tiny_sd, params=params)
    loss = pq.read_table(out / "log.parquet")["loss"].to_numpy()
    assert loss[-15:].mean() < 0.85 * loss[:15].mean()


def test_a_loss_that_is_no_number_ends_the_run_with_one_line(tiny_sd, tmp_path, monkeypatch):
    monkeypatch.setattr("dramatis.train.methods.lora.Lora.predict", lambda _, noisy, *__: noisy * float("nan"))
    write_dataset(tmp_path / "dataset", train=[dataset_row(1)])
    with pytest.raises(InputError, match=r"solo, phase all, step 1: the loss or its .* is no number .*Lower `lear"):
        train(tmp_path, tiny_sd, params=settings(prior={"share": 0.0}))


def test_user_errors_come_before_the_weights(tiny_sd, tmp_path, monkeypatch):
    monkeypatch.setattr("dramatis.train.run.load_model", lambda *_: pytest.fail("loaded the base"))
    with pytest.raises(InputError, match=r"zoe: no such character in the training set; it has ada \(6\), bela \(4\)"):
        train(tmp_path, tiny_sd, characters=("ada", "zoe"))
    with pytest.raises(MissingError, match="no-base"):
        train(tmp_path, tmp_path / "no-base")
    with pytest.raises(ParameterError, match="must be one of controlnet, dreambooth, "):
        train(tmp_path, tiny_sd, method="magic")
    assert not (tmp_path / "models").exists() and not (tmp_path / "work").exists()


def test_a_character_that_the_plan_leaves_out_and_a_missing_dataset(tiny_sd, tmp_path):
    write_dataset(tmp_path / "dataset", train=[dataset_row(1, per_epoch=0.0), dataset_row(2, "bela")])
    with pytest.raises(InputError, match="ada: the plan shows none of its pictures"):
        train(tmp_path, tiny_sd)
    (tmp_path / "dataset" / "plan.parquet").unlink()
    with pytest.raises(MissingError, match="stage dataset makes it"):
        train(tmp_path, tiny_sd)
