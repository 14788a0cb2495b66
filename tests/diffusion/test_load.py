import shutil

import numpy as np
import pytest
import torch
from tiny_sd import build_tiny_sd

from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.diffusion.load import base_digest, check_base, load_pipeline, pick_device


def test_a_folder_loads_frozen_and_quiet(tiny_sd, capfd):
    pipeline = load_pipeline(str(tiny_sd))
    parts = (pipeline.unet, pipeline.vae, pipeline.text_encoder)
    assert not any(p.requires_grad for part in parts for p in part.parameters())
    assert not any(part.training for part in parts)
    assert "%|" not in capfd.readouterr().err


@pytest.mark.parametrize("base", ["models/pocket/nothing", "models/sd", "no-such-thing", "/nowhere/sd"])
def test_a_missing_base_is_one_clear_line(base):
    with pytest.raises(MissingError, match="there is no such base model"):
        check_base(base)


def test_a_hub_id_that_is_not_here_says_how_to_get_it():
    with pytest.raises(MissingError, match="hf download nobody/has-this-model"):
        load_pipeline("nobody/has-this-model")


def test_a_folder_without_pipeline_and_a_file_of_another_kind(tmp_path):
    with pytest.raises(InputError, match="model_index.json"):
        check_base(str(tmp_path))
    (tmp_path / "model.txt").write_text("x")
    with pytest.raises(InputError, match=".safetensors"):
        check_base(str(tmp_path / "model.txt"))


@pytest.mark.parametrize("damage", ["truncate", "remove", "index"])
def test_a_damaged_folder_is_one_clear_line(tiny_sd, tmp_path, damage):
    base = tmp_path / "sd"
    shutil.copytree(tiny_sd, base)
    weights = base / "unet" / "diffusion_pytorch_model.safetensors"
    if damage == "truncate":
        weights.write_bytes(weights.read_bytes()[:1000])
    elif damage == "remove":
        weights.unlink()
    else:
        (base / "model_index.json").write_text("{")
    with pytest.raises(InputError, match="no Stable Diffusion pipeline can be read"):
        load_pipeline(str(base))


def test_a_damaged_single_file_is_one_clear_line(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(InputError, match="no Stable Diffusion pipeline can be read"):
        load_pipeline(str(tmp_path / "model.safetensors"))


def test_no_gpu_is_said():
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(ParameterError, match="torch finds no GPU"):
        pick_device("cuda")


def test_the_digest_sees_every_byte(tiny_sd, tmp_path):
    base = build_tiny_sd(tmp_path / "again")
    assert base_digest(str(base)) == base_digest(str(tiny_sd))
    weights = base / "vae" / "diffusion_pytorch_model.safetensors"
    data = np.frombuffer(weights.read_bytes(), np.uint8).copy()
    data[-1] ^= 1
    weights.write_bytes(data.tobytes())
    assert base_digest(str(base)) != base_digest(str(tiny_sd))
