"""Trainings of seconds: the stage on the tiny base and its dataset."""

from tiny_sd import TRAIN, merged, write_dataset

from dramatis.core.runs import Run
from dramatis.train.params import TrainParams
from dramatis.train.run import run

WEIGHTS = "adapter.safetensors"


def settings(**changes):
    return TrainParams.model_validate(merged(TRAIN, changes))


def spec(base, characters=("ada",), **changes):
    return Run.model_validate({"method": "lora", "characters": list(characters), "base": str(base), **changes})


def train(tmp_path, base, name="solo", params=None, **changes):
    dataset = tmp_path / "dataset"
    if not dataset.exists():
        write_dataset(dataset)
    out = tmp_path / "models" / name
    run(name, spec(base, **changes), params or settings(), dataset=dataset, out=out, work=tmp_path / "work")
    return out


def contents(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}
