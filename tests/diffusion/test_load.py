import json
import shutil
import struct

import numpy as np
import pytest
import torch
from conftest import TOP
from damaging import each_damage
from safetensors.torch import load_file, save_file
from tiny_sd import BUILDERS, build_tiny_sd

from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.diffusion.base import base_digest, check_base
from dramatis.diffusion.headers import shapes_of
from dramatis.diffusion.load import load_pipeline, pick_device

WEIGHTS = "diffusion_pytorch_model.safetensors"


@pytest.mark.parametrize("layout", BUILDERS)
def test_a_folder_loads_frozen_and_quiet(bases, layout, capfd):
    base = str(bases[layout])
    capfd.readouterr()
    pipeline = load_pipeline(base)
    parts = [part for part in pipeline.components.values() if isinstance(part, torch.nn.Module)]
    assert len(parts) == (4 if layout == "sdxl" else 3)
    assert not any(p.requires_grad for part in parts for p in part.parameters())
    assert not any(part.training for part in parts)
    said = capfd.readouterr().err
    assert "%|" not in said and "float32" not in said


def test_in_half_precision_the_vae_stays_in_fp32_and_takes_what_comes(bases):
    pipeline = load_pipeline(str(bases["sdxl"]), precision="bf16")
    assert pipeline.unet.dtype == pipeline.text_encoder_2.dtype == torch.bfloat16
    assert pipeline.vae.dtype == torch.float32
    latents = torch.zeros(1, 4, 8, 8, dtype=torch.bfloat16)
    assert pipeline.vae.decode(latents).sample.dtype == torch.float32
    assert pipeline.vae.encode(torch.zeros(1, 3, 64, 64, dtype=torch.bfloat16)).latent_dist.mean.dtype == torch.float32


def test_old_configurations_pool_at_the_end_of_the_text(bases, tmp_path):
    """`eos_token_id: 2` is what the published SDXL says; the same bits, and right where tokens were added."""
    base = shutil.copytree(bases["sdxl"], tmp_path / "old")
    config = json.loads((base / "text_encoder_2" / "config.json").read_text())
    (base / "text_encoder_2" / "config.json").write_text(json.dumps(config | {"eos_token_id": 2}))
    assert load_pipeline(str(base)).text_encoder_2.text_model.eos_token_id == 49407


@pytest.mark.parametrize("base", ["models/pocket/nothing", "models/sd", "no-such-thing", "/nowhere/sd"])
def test_a_missing_base_is_one_clear_line(base):
    with pytest.raises(MissingError, match="there is no such base model"):
        check_base(base)


def test_a_hub_id_that_is_not_here_says_how_to_get_it():
    with pytest.raises(MissingError, match="dramatis models pull nobody/has-this-model"):
        load_pipeline("nobody/has-this-model")


def test_a_hub_id_loads_from_the_cache_of_this_machine(bases, tmp_path, monkeypatch):
    repository = tmp_path / "models--somebody--tiny"
    shutil.copytree(bases["tiny"], repository / "snapshots" / ("0" * 40))
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert load_pipeline("somebody/tiny").unet.config.sample_size == 16


def test_a_folder_without_pipeline_and_files_of_another_kind(tmp_path):
    with pytest.raises(InputError, match=r"model_index.json"):
        check_base(str(tmp_path))
    (tmp_path / "model.txt").write_text("x")
    with pytest.raises(InputError, match=r"ends in .safetensors"):
        check_base(str(tmp_path / "model.txt"))
    (tmp_path / "model.ckpt").write_text("x")
    with pytest.raises(InputError, match=r"ends in .safetensors, as files that are pickled can run code"):
        check_base(str(tmp_path / "model.ckpt"))


def test_an_adapter_is_no_base(tmp_path):
    file = tmp_path / "step-000002" / "adapter.safetensors"
    file.parent.mkdir()
    save_file({"lora_unet_conv_in.lora_down.weight": torch.zeros(1)}, file)
    with pytest.raises(InputError, match="it is an adapter, where a whole checkpoint is wanted"):
        check_base(str(file))
    with pytest.raises(InputError, match="this is an adapter, no model. Name the model that it was trained on"):
        check_base(str(file.parent))


@pytest.mark.parametrize("name", ["StableDiffusionInpaintPipeline", "StableDiffusionXLImg2ImgPipeline", "FluxPipeline"])
def test_other_classes_are_refused_by_name(tiny_sd, tmp_path, name):
    base = shutil.copytree(tiny_sd, tmp_path / "sd")
    index = json.loads((base / "model_index.json").read_text())
    (base / "model_index.json").write_text(json.dumps(index | {"_class_name": name}))
    with pytest.raises(InputError, match=f"'{name}', must be one of StableDiffusionPipeline, StableDiffusionXLPipel"):
        check_base(str(base))


def test_an_inpainting_unet_under_the_plain_name(tiny_sd, tmp_path):
    base = shutil.copytree(tiny_sd, tmp_path / "sd")
    config = json.loads((base / "unet" / "config.json").read_text())
    (base / "unet" / "config.json").write_text(json.dumps(config | {"in_channels": 9}))
    with pytest.raises(InputError, match="in_channels = 9"):
        check_base(str(base))


def cut_short(base):
    file = base / "unet" / WEIGHTS
    file.write_bytes(file.read_bytes()[:-1000])


def only_a_pickle(base):
    (base / "unet" / WEIGHTS).rename(base / "unet" / "diffusion_pytorch_model.bin")


DAMAGES = {
    "cut short or padded: [0-9]+ bytes": cut_short,
    r"unet: no .safetensors weights in it \(only pickled": only_a_pickle,
    "text_encoder: this part of the base is missing": lambda base: shutil.rmtree(base / "text_encoder"),
    "tokenizer: this part of the base is missing": lambda base: shutil.rmtree(base / "tokenizer"),
    "tokenizer.json: this file is empty": lambda base: (base / "tokenizer" / "tokenizer.json").write_text(""),
    "config.json: no JSON can be read": lambda base: (base / "vae" / "config.json").write_text("{"),
    "model_index.json: no JSON can be read": lambda base: (base / "model_index.json").write_text("{"),
    "that are no safetensors file": lambda base: (base / "vae" / WEIGHTS).write_bytes(b"x"),
    "of which the header alone takes": lambda base: (base / "vae" / WEIGHTS).write_bytes(struct.pack("<Q", 99) + b"{"),
}


@pytest.mark.parametrize("line", DAMAGES)
def test_damage_is_one_clear_line_before_any_work(tiny_sd, tmp_path, line):
    base = shutil.copytree(tiny_sd, tmp_path / "sd")
    DAMAGES[line](base)
    with pytest.raises(InputError, match=line):
        check_base(str(base))


@pytest.mark.parametrize("pattern", ["vocab.json", "merges.txt"])
def test_damaged_words_are_one_clear_line(tiny_sd, tmp_path, pattern):
    """In the layout of the first Stable Diffusion, of two files."""
    base = shutil.copytree(tiny_sd, tmp_path / "sd")
    shutil.rmtree(base / "tokenizer")
    words = shutil.copytree(TOP / "models/pocket/sd/tokenizer", base / "tokenizer")
    for damage in each_damage(words, pattern):
        with pytest.raises(InputError, match="no Stable Diffusion pipeline can be read from it|this file is empty"):
            load_pipeline(str(base))
            pytest.fail(damage)


@pytest.mark.parametrize("part", ["unet", "text_encoder"])
def test_tensors_that_are_missing_or_misshapen_are_named(tiny_sd, tmp_path, part, capfd):
    base = shutil.copytree(tiny_sd, tmp_path / "sd")
    file = base / part / (WEIGHTS if part == "unet" else "model.safetensors")
    tensors = load_file(file)
    name = sorted(name for name in tensors if name.endswith("bias"))[-1]
    save_file({key: tensor for key, tensor in tensors.items() if key != name}, file, {"format": "pt"})
    with pytest.raises(InputError, match=f"{part}: no tensor .*{name.removeprefix('text_model.')} in its files"):
        load_pipeline(str(base))
    assert capfd.readouterr().err == ""  # the libraries' own warnings
    save_file(tensors | {name: torch.zeros(len(tensors[name]) + 1)}, file, {"format": "pt"})
    with pytest.raises(InputError, match="no Stable Diffusion pipeline can be read from it"):
        load_pipeline(str(base))


@pytest.mark.parametrize("prefix", ["", "text_model."])
def test_both_layouts_of_clip_are_read(tiny_sd, tmp_path, prefix):
    """Transformers before 5.6 wrote `text_model.` before every name of CLIPTextModel; later ones do not."""
    base = shutil.copytree(tiny_sd, tmp_path / "sd")
    file = base / "text_encoder" / "model.safetensors"
    tensors = {name.removeprefix("text_model."): tensor for name, tensor in load_file(file).items()}
    save_file({prefix + name: tensor for name, tensor in tensors.items()}, file, {"format": "pt"})
    found = load_pipeline(str(base)).text_encoder.state_dict()
    assert all(torch.equal(found[name], tensor) for name, tensor in tensors.items())


def test_shapes_are_read_from_the_header(tmp_path):
    save_file({"a": torch.zeros(2, 3), "b": torch.zeros(())}, tmp_path / "x.safetensors", {"format": "pt"})
    assert shapes_of(tmp_path / "x.safetensors") == {"a": (2, 3), "b": ()}


def test_no_gpu_is_said():
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with pytest.raises(ParameterError, match="torch finds no GPU"):
        pick_device("cuda")


def test_the_digest_sees_every_byte(tiny_sd, tmp_path):
    base = build_tiny_sd(tmp_path / "again")
    assert base_digest(str(base)) == base_digest(str(tiny_sd))
    weights = base / "vae" / WEIGHTS
    data = np.frombuffer(weights.read_bytes(), np.uint8).copy()
    data[-1] ^= 1
    weights.write_bytes(data.tobytes())
    assert base_digest(str(base)) != base_digest(str(tiny_sd))
