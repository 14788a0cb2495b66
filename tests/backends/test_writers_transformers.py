"""The writer on this machine, with a tiny model of random weights."""

import shutil

import pytest
from damaging import each_damage
from safetensors.torch import load_file, save_file
from tiny_writer import tiny_writer
from told import task

from dramatis.backends.writers import Attempt
from dramatis.backends.writers.params import TransformersParams
from dramatis.backends.writers.transformers import load
from dramatis.core.errors import InputError, MissingError

PARAMS = TransformersParams(model=None, temperature=1.0, max_tokens=16, total_s=60, device="cpu", precision="fp32")


@pytest.fixture(scope="module", params=[True, False], ids=["chat", "plain"])
def folder(request, tmp_path_factory):
    return tiny_writer(tmp_path_factory.mktemp("writer"), chat=request.param)


def test_the_same_seed_says_the_same(folder):
    params = PARAMS.model_copy(update={"model": str(folder)})
    first = load(params).write(task(), [])
    assert first and first == load(params).write(task(), [])
    assert first != load(params).write(task(seed=8), [])


def test_without_temperature_chance_plays_no_part(folder):
    writer = load(PARAMS.model_copy(update={"model": str(folder), "temperature": 0.0}))
    assert writer.write(task(seed=1), []) == writer.write(task(seed=2), [])


def test_a_question_longer_than_the_model_reads(tmp_path):
    folder = tiny_writer(tmp_path, positions=64)
    with pytest.raises(InputError, match="the question has [0-9]+ tokens, and the model reads 64"):
        load(PARAMS.model_copy(update={"model": str(folder)})).write(task(), [Attempt("{", "no")])


def test_no_model(tmp_path):
    with pytest.raises(MissingError, match="story.transformers.model: it is null"):
        load(PARAMS)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(InputError, match="this is no whole language model"):
        load(PARAMS.model_copy(update={"model": str(tmp_path)})).write(task(), [])


def test_no_such_hub_id(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(MissingError, match="no folder here, and no model that can be fetched"):
        load(PARAMS.model_copy(update={"model": "nobody/nothing"})).write(task(), [])


@pytest.mark.parametrize("pattern", ["model.safetensors", "config.json", "tokenizer*.json"])
def test_damaged_files_are_one_clear_line(folder, tmp_path, pattern):
    copy = shutil.copytree(folder, tmp_path / "writer")
    for damage in each_damage(copy, pattern):
        with pytest.raises(InputError, match="this is no whole language model"):
            load(PARAMS.model_copy(update={"model": str(copy)})).write(task(), [])
            pytest.fail(damage)


def test_weights_that_are_missing_are_not_made_up(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "writer")
    tensors = load_file(copy / "model.safetensors")
    name = next(name for name in sorted(tensors) if "embed" not in name)
    del tensors[name]
    save_file(tensors, copy / "model.safetensors", {"format": "pt"})
    with pytest.raises(InputError, match=f"no tensor {name} in its files"):
        load(PARAMS.model_copy(update={"model": str(copy)})).write(task(), [])
