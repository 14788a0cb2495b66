"""A run that is killed, or has no room, goes on with the same bits; and phases do what they say."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load_file
from tiny_sd import write_dataset
from tiny_train import WEIGHTS, contents, settings, spec, train

from dramatis.core.errors import InputError
from dramatis.train import loop
from dramatis.train.state import STATE

TOP = Path(__file__).parents[2]
PHASES = [
    {"name": "te", "steps": 4, "text_encoder_steps": 2, "save_every": 3},
    {"name": "core", "from": {"text_encoder": "te@3", "unet": "base"}, "steps": 3, "parts": ["unet"], "ema": 0.9},
    {"name": "fine", "steps": None, "epochs": 1.0, "accumulation": 2, "batch_size": 2, "prior": {"share": None}},
]
SETTINGS = {"phases": PHASES, "adapter": {"dropout": 0.25}}
LAST = 10  # 4 + 3 + six batches of two, two at a time
QUICK = (4, 5, 7, 9)  # after the text encoder stopped, between phases, in the middle of a mean, in the last phase


@pytest.fixture(scope="module")
def whole(tiny_sd, tmp_path_factory):
    """A run of three phases that nothing disturbs."""
    return train(tmp_path_factory.mktemp("whole"), tiny_sd, params=settings(**SETTINGS), characters=("ada", "bela"))


class Killed(BaseException):
    """What no code catches, as no code catches a kill."""


@pytest.mark.parametrize(
    "step", [pytest.param(step, marks=[] if step in QUICK else pytest.mark.slow) for step in range(1, LAST)]
)
def test_killed_after_any_step(whole, tiny_sd, tmp_path, monkeypatch, step):
    """With the state of every second step kept; the second kill comes in the middle of writing a file."""
    monkeypatch.setattr(loop, "STATE_EVERY_S", 0.0 if step % 2 else 600.0)
    keep, replace, calls = loop.Course.keep, os.replace, []

    def die(self, number, *rest):
        if number == step:
            raise Killed
        keep(self, number, *rest)

    def die_writing(*paths):
        calls.append(paths)
        if len(calls) == 2:
            raise Killed
        replace(*paths)

    args = {"params": settings(**SETTINGS), "characters": ("ada", "bela")}
    with monkeypatch.context() as first:
        first.setattr(loop.Course, "keep", die)
        with pytest.raises(Killed):
            train(tmp_path, tiny_sd, **args)
    with monkeypatch.context() as second:
        second.setattr(os, "replace", die_writing)
        with pytest.raises(Killed):
            train(tmp_path, tiny_sd, **args)
    assert contents(train(tmp_path, tiny_sd, **args)) == contents(whole)
    assert not (tmp_path / "work" / "solo").exists()


@pytest.mark.slow
def test_killed_by_the_system(whole, tiny_sd, tmp_path):
    """The real stage in a process of its own, which nothing warns: at a step, and between two phases."""
    write_dataset(tmp_path / "data" / "dataset")
    said = spec(tiny_sd, ("ada", "bela")).model_dump()
    (tmp_path / "params.yaml").write_text(
        json.dumps({"train": settings(**SETTINGS).model_dump(), "runs": {"solo": said}})
    )
    command = [sys.executable, TOP / "stages" / "train.py", "solo"]
    environment = os.environ | {"PYTHONPATH": str(TOP / "src"), "OMP_NUM_THREADS": "1"}
    for awaited in ("step-000003", "step-000007"):
        process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL, env=environment)
        patience = time.monotonic() + 240
        while not list(tmp_path.glob(f"work/train/solo/*/{awaited}")):
            assert time.monotonic() < patience and process.poll() is None
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL and not (tmp_path / "models").exists()
    subprocess.run(command, cwd=tmp_path, stderr=subprocess.DEVNULL, env=environment, check=True)
    assert contents(tmp_path / "models" / "solo") == contents(whole)


def test_phases_in_the_log_and_the_record(whole):
    log = pq.read_table(whole / "log.parquet").to_pylist()
    assert [row["phase"] for row in log] == ["te"] * 4 + ["core"] * 3 + ["fine"] * 3
    assert [row["step"] for row in log] == list(range(1, LAST + 1))
    assert [row["pictures"] for row in log[7:]] == [4, 4, 4]
    record = json.loads((whole / "run.json").read_text())
    assert [(phase["name"], phase["first"], phase["last"]) for phase in record["phases"]] == [
        ("te", 1, 4),
        ("core", 5, 7),
        ("fine", 8, 10),
    ]
    assert record["phases"][1]["parts"] == ["unet"] and record["last"] == "step-000010"
    assert sorted(folder.name for folder in whole.glob("step-*")) == [
        f"step-{step:06d}" for step in (3, 4, 6, 7, 9, 10)
    ]


def test_each_picture_was_seen_as_often_as_planned(whole):
    rows = pq.read_table(whole / "seen.parquet").to_pylist()
    fine = [row for row in rows if row["phase"] == "fine"]
    assert len(fine) == 12 and all(row["seen"] == row["per_epoch"] == 1 for row in fine)
    assert all(row["caption"] is not None for row in fine)
    log = pq.read_table(whole / "log.parquet").to_pylist()
    for phase in ("te", "core", "fine"):
        assert sum(row["seen"] for row in rows if row["phase"] == phase) == sum(
            row["pictures"] for row in log if row["phase"] == phase
        )


def of_part(whole, step, part):
    tensors = load_file(whole / f"step-{step:06d}" / WEIGHTS)
    return {name: tensor for name, tensor in tensors.items() if name.startswith(f"lora_{part}_")}


def same(a, b):
    return all(torch.equal(a[name], b[name]) for name in a)


def test_parts_learn_when_they_should(whole):
    assert same(of_part(whole, 3, "te"), of_part(whole, 4, "te"))  # stands still after two steps
    assert not same(of_part(whole, 3, "unet"), of_part(whole, 4, "unet"))
    assert same(of_part(whole, 3, "te"), of_part(whole, 7, "te"))  # began with it, and is not trained
    assert not same(of_part(whole, 7, "te"), of_part(whole, LAST, "te"))


def test_a_part_begins_at_the_base(tiny_sd, tmp_path):
    """A phase from the base with no rate to speak of leaves the untrained weights."""
    still = {"learning_rate": {"unet": 1.0e-30, "text_encoder": 1.0e-30}, "steps": 2, "save_every": None}
    phases = [{"name": "a", "steps": 2}, {"name": "b", "from": {"unet": "base"}, **still}]
    out = train(tmp_path, tiny_sd, params=settings(phases=phases, optimizer={"weight_decay": 0.0}))
    unet = of_part(out, 4, "unet")
    assert all(tensor.abs().max() < 1e-20 for name, tensor in unet.items() if "lora_up" in name)
    assert same(of_part(out, 2, "te"), of_part(out, 4, "te")) and not same(of_part(out, 2, "unet"), unet)


def test_accumulated_batches_are_one_large_batch(tiny_sd, tmp_path):
    """Two batches of four weigh as eight, but for rounding: with one bucket and no chance in the noise."""
    args = {"prior": {"share": None}, "captions": {"shuffle": False, "dropout": 0.0}, "steps": 1, "save_every": 1}
    found = []
    for name, more in {"large": {"batch_size": 12}, "small": {"batch_size": 6, "accumulation": 2}}.items():
        original = loop.losses

        def fixed(predict, scheduler, batch, objective, _, device, original=original):
            each = [
                original(predict, scheduler, one(batch, i), objective, torch.Generator().manual_seed(3), device)
                for i in range(len(batch.captions))
            ]
            return torch.cat(each)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loop, "losses", fixed)
            out = train(tmp_path / name, tiny_sd, params=settings(**args, **more), characters=("ada", "bela"))
        found.append(pq.read_table(out / "log.parquet")["loss"][0].as_py())
        found.append(load_file(out / "step-000001" / WEIGHTS))
    assert found[0] == pytest.approx(found[2], rel=1e-5)
    large, small = found[1], found[3]
    assert all(torch.allclose(large[key], small[key], rtol=1e-3, atol=2e-5) for key in large)


def one(batch, place):
    """A batch of a single picture of a batch."""
    values = vars(batch).items()
    return type(batch)(**{name: value if value is None else value[place : place + 1] for name, value in values})


class NoRoom:
    """A file on a disk that is full after the header."""

    def __init__(self, stream):
        self.stream, self.writes = stream, 0

    def write(self, data):
        self.writes += 1
        if self.writes > 1:
            raise OSError(errno.ENOSPC, "No space left on device", self.stream.name)
        return self.stream.write(data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()


def test_a_full_disk_loses_nothing(whole, tiny_sd, tmp_path, monkeypatch):
    args = {"params": settings(**SETTINGS), "characters": ("ada", "bela")}
    written, begin = [], Path.open

    def full(path, mode="r", *rest, **more):
        stream = begin(path, mode, *rest, **more)
        written.extend([path] if mode == "wb" else [])
        return NoRoom(stream) if mode == "wb" and len(written) > 4 else stream

    with monkeypatch.context() as context:
        context.setattr(Path, "open", full)
        with pytest.raises(OSError, match="No space left"):
            train(tmp_path, tiny_sd, **args)
    scratch = tmp_path / "work" / "solo"
    assert (
        not list(scratch.rglob(".*"))
        and list(scratch.glob(f"*/{STATE}"))
        and not (tmp_path / "models" / "solo").exists()
    )
    assert contents(train(tmp_path, tiny_sd, **args)) == contents(whole)


def test_a_changed_run_begins_anew_and_one_changed_back_goes_on(tiny_sd, tmp_path, monkeypatch, caplog):
    """Each ends with the bytes of a run that nothing disturbed."""
    caplog.set_level("INFO")
    keep, other = loop.Course.keep, settings(learning_rate={"unet": 1.0e-3})
    steps = []

    def die(self, number, *rest):
        steps.append(number)
        if number == 3:
            raise Killed
        keep(self, number, *rest)

    whole = contents(train(tmp_path / "whole", tiny_sd))
    with monkeypatch.context() as context:
        context.setattr(loop.Course, "keep", die)
        context.setattr(loop, "STATE_EVERY_S", 0.0)
        for params in (None, other):
            with pytest.raises(Killed):
                train(tmp_path, tiny_sd, params=params)
        assert steps == [1, 2, 3, 1, 2, 3] and len(list((tmp_path / "work" / "solo").iterdir())) == 2
        assert any("params.learning_rate.unet: 0.002 there, 0.001 now" in line for line in caplog.messages)
        with pytest.raises(Killed):
            train(tmp_path, tiny_sd)
        assert steps[6:] == [3]
    assert contents(train(tmp_path, tiny_sd)) == whole
    assert not (tmp_path / "work" / "solo").exists()


def test_a_loss_that_is_no_number_keeps_the_last_checkpoint(tiny_sd, tmp_path, monkeypatch):
    original, calls = loop.losses, []

    def spoilt(*args):
        calls.append(1)
        return original(*args) * (float("nan") if len(calls) == 4 else 1)

    monkeypatch.setattr(loop, "losses", spoilt)
    with pytest.raises(InputError, match=r"solo, phase all, step 4: .*checkpoints until step-000002 are in .*solo"):
        train(tmp_path, tiny_sd)
    assert list((tmp_path / "work" / "solo").glob(f"*/step-000002/{WEIGHTS}"))


def test_neither_measuring_nor_the_cache_changes_a_bit(tiny_sd, tmp_path):
    """What is measured lands in its table; the run goes on as if nobody had looked, and with latents of another run."""
    dropout = {"adapter": {"dropout": 0.25}, "ema": 0.5}
    plain = contents(train(tmp_path / "plain", tiny_sd, params=settings(**dropout)))
    for _ in range(2):
        out = train(tmp_path, tiny_sd, params=settings(**dropout, validation={"every": 4}, cache=True))
        rows = pq.read_table(out / "validation.parquet").to_pylist()
        assert [(row["key"], row["step"]) for row in rows] == [("000004/ada", 4), ("000006/ada", 6)]
        found = contents(out)
        for name in plain.keys() - {"run.json"}:
            assert found[name] == plain[name], name
    assert list(tmp_path.glob("latents/**/*.safetensors"))


def test_no_path_or_host_in_an_output(whole, tiny_sd):
    """Times neither: equal runs of other tests gave equal bytes."""
    for name, data in contents(whole).items():
        if name == "run.json":
            record = json.loads(data)
            assert record.pop("base") == str(tiny_sd)  # as it stands in params.yaml
            data = json.dumps(record).encode()
            assert not re.search(rf"\b{re.escape(os.uname().nodename)}\b".encode(), data)
        assert not [word for word in (str(whole), "/tmp/", str(tiny_sd)) if word.encode() in data], name
