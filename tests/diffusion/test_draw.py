import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tiny_sd import DRAWING

from dramatis.core.errors import MissingError
from dramatis.diffusion.apply import apply
from dramatis.diffusion.load import load_pipeline
from dramatis.diffusion.model import Model
from dramatis.diffusion.params import DrawingParams
from dramatis.diffusion.sample import sample
from dramatis.diffusion.weights import write_weights


@pytest.fixture(scope="module")
def pipeline(tiny_sd):
    return load_pipeline(str(tiny_sd))


def draw(pipeline, prompts, seeds):
    return np.stack(list(sample(Model(pipeline), prompts, seeds, DrawingParams.model_validate(DRAWING))))


def test_a_picture_depends_on_its_prompt_and_seed_only(pipeline):
    alone = draw(pipeline, ["ada, forest"], [5])
    both = draw(pipeline, ["bela, lake", "ada, forest"], [4, 5])
    assert alone.shape == (1, 64, 64, 3) and alone.dtype == np.uint8
    assert np.abs(alone[0].astype(int) - both[1]).max() <= 1  # batches of another size round otherwise
    assert not np.array_equal(both[0], both[1])


def test_again_is_the_same_bytes(pipeline):
    first, second = (draw(pipeline, ["ada", "bela", "ada"], [1, 2, 3]) for _ in range(2))
    assert np.array_equal(first, second)


def test_a_folder_without_adapter(pipeline, tmp_path):
    with pytest.raises(MissingError, match="adapter.safetensors"):
        apply(Model(pipeline), tmp_path)


def test_weights_are_read_back_and_written_to_the_same_bytes(tmp_path):
    tensors = {
        "b": torch.arange(6.0).reshape(2, 3),
        "a": torch.tensor([1, 2]),
        "half": torch.randn(3).bfloat16(),
        "scalar": torch.tensor(0.5),
        "step": torch.tensor(7.0, dtype=torch.float32),
        "empty": torch.zeros(0, 2),
    }
    metadata = {f"key{i}": str(i) for i in range(9)}
    write_weights(tensors, tmp_path / "x" / "one.safetensors", metadata)
    write_weights(dict(reversed(tensors.items())), tmp_path / "two.safetensors", dict(reversed(metadata.items())))
    one, two = tmp_path / "x" / "one.safetensors", tmp_path / "two.safetensors"
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_mode & 0o777 == 0o644
    back = load_file(one)
    assert set(back) == set(tensors) and all(torch.equal(back[name], tensors[name]) for name in tensors)
