"""The benchmark of trainers: its sums by hand, its base in a real reader, and the whole where rivals are."""

import sys

import pytest
from conftest import TOP
from diffusers import StableDiffusionPipeline

from dramatis.bench import train
from dramatis.bench.train import Cost, _figures, cost, ratios, rivals
from dramatis.bench.train_base import TINY, pictures, write_base, write_dataset
from dramatis.core.errors import InputError, MissingError
from dramatis.core.splits import read_plan, read_split


def test_a_step_is_the_difference_of_two_lengths_and_the_rest_is_start_up():
    pairs = [(Cost(6.0, 0.5), Cost(10.0, 0.6)), (Cost(7.0, 0.5), Cost(12.0, 0.7)), (Cost(6.0, 0.5), Cost(9.0, 0.5))]
    assert _figures(pairs, (10, 50)) == pytest.approx({"step_s": 0.1, "startup_s": 5.25, "gb": 0.7})


def test_each_ratio_is_against_the_rival_that_is_better_in_it():
    found = {
        "dramatis": {"step_s": 1.0, "startup_s": 3.0, "gb": 1.0},
        "diffusers": {"step_s": 2.0, "startup_s": 5.0, "gb": 4.0},
        "sd-scripts": {"step_s": 1.25, "startup_s": 6.0, "gb": 2.0},
    }
    assert ratios(found) == {"step_ratio": 0.8, "startup_ratio": 0.6, "memory_ratio": 0.5}


def test_missing_rivals_are_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("DRAMATIS_RIVALS", str(tmp_path))
    with pytest.raises(MissingError, match="train_text_to_image_lora.py: without it diffusers cannot be measured. Put"):
        rivals()


def test_a_trainer_that_fails_is_named(tmp_path):
    with pytest.raises(InputError, match="this trainer failed: no luck"):
        cost([sys.executable, "-c", "import sys; sys.exit('no luck')"], tmp_path)


def test_work_costs_more_than_no_work(tmp_path):
    idle, busy = (cost([sys.executable, "-c", f"sum(range({n}))"], tmp_path) for n in (1, 50_000_000))
    assert idle.seconds < busy.seconds and 0 < idle.gb < 0.05, "the memory of the process that asks does not count"


def test_the_base_has_the_topology_of_sd_1_5(tmp_path):
    pipeline = StableDiffusionPipeline.from_pretrained(write_base(tmp_path / "base"), local_files_only=True)
    assert tuple(pipeline.unet.config.block_out_channels) == TINY.unet and pipeline.vae_scale_factor == 8
    attentions = [name for name, _ in pipeline.unet.named_modules() if name.endswith("to_q")]
    assert len(attentions) == 32  # as in SD 1.5
    assert pipeline("ada, red", num_inference_steps=1, height=64, width=64, output_type="np").images.shape[1:3] == (
        64,
        64,
    )


def test_two_bases_of_one_seed_are_the_same_bytes(tmp_path):
    first, second = (write_base(tmp_path / name) for name in "ab")
    for file in sorted(first.rglob("*.safetensors")):
        assert file.read_bytes() == (second / file.relative_to(first)).read_bytes()


def test_the_dataset_is_one_of_the_project(tmp_path):
    folder = write_dataset(tmp_path, pictures(3, 64))
    assert len(read_split(folder, "characters", "train", ["id", "image"])) == 3
    assert {row["per_epoch"] for row in read_plan(folder, "characters").values()} == {1.0}


@pytest.mark.slow
def test_all_three_train_side_by_side(monkeypatch):
    monkeypatch.chdir(TOP)
    try:
        rivals()
    except MissingError as error:
        pytest.skip(str(error))
    found = train.measured((2, 6), 1)
    assert set(found) == {"dramatis", "diffusers", "sd-scripts"}
    assert all(value > 0 for one in found.values() for value in one.values())
    assert ratios(found)["startup_ratio"] < 1.2
