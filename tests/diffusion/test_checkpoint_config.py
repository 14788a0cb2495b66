"""Single files: written by the project's own converter from a base whose configuration is known, then read back."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from dramatis.core.errors import InputError
from dramatis.diffusion.checkpoint_config import configuration
from dramatis.diffusion.headers import shapes_of
from dramatis.diffusion.load import load_pipeline
from dramatis.diffusion.model import Model, load_model

writer = pytest.importorskip("dramatis.diffusion.formats.single_file", reason="the converter is not there yet")
LAYOUTS = ["sd15", "sdxl"]


@pytest.fixture(scope="module")
def files(bases, tmp_path_factory):
    """A single file of each layout."""
    top = tmp_path_factory.mktemp("files")
    for layout in LAYOUTS:
        writer.write_single_file(load_pipeline(str(bases[layout])), top / f"{layout}.safetensors")
    tensors = load_file(top / "sd15.safetensors")  # published files of SD 1.5 also hold these
    tensors["cond_stage_model.transformer.text_model.embeddings.position_ids"] = torch.arange(77)[None]
    save_file(tensors, top / "sd15.safetensors", {"format": "pt"})
    return top


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_configuration_is_told_from_the_shapes(files, bases, layout):
    found = configuration(shapes_of(files / f"{layout}.safetensors"), files / f"{layout}.safetensors")
    sizes = {"sample_size", "force_upcast", "attention_head_dim"}  # no shape tells these
    for part in ("unet", "vae", "text_encoder", *(["text_encoder_2"] if layout == "sdxl" else [])):
        wanted = json.loads((bases[layout] / part / "config.json").read_text())
        same = {key for key in found[part] if key in wanted} - sizes - {"projection_dim", "pad_token_id"}
        told = {key: found[part][key] for key in same}
        assert json.loads(json.dumps(told)) == {key: _plain(wanted[key], told[key]) for key in same}
    index = json.loads((bases[layout] / "model_index.json").read_text())
    assert found["model_index"]["_class_name"] == index["_class_name"]


def _plain(wanted, told):
    """SD 1.5 says one depth for all levels."""
    return [wanted] * len(told) if isinstance(told, list) and not isinstance(wanted, list) else wanted


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_single_file_is_the_folder_it_came_from(files, bases, layout):
    theirs, ours = load_model(str(bases[layout])), load_model(str(files / f"{layout}.safetensors"))
    assert ours.family == theirs.family
    for part in [*theirs.parts(), "vae"]:
        wanted, found = (getattr(model.pipeline, part).state_dict() for model in (theirs, ours))
        assert set(found) == set(wanted) and all(torch.equal(found[name], wanted[name]) for name in wanted)
    noisy = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    times = torch.tensor([[64.0, 64, 0, 0, 64, 64]])
    with torch.no_grad():
        said = [model.encode(["ada, red_robe!"]) for model in (theirs, ours)]
        predicted = [
            model.denoise(noisy, torch.tensor([500]), text, times)
            for model, text in zip((theirs, ours), said, strict=True)
        ]
    assert torch.allclose(*predicted, atol=1e-5)  # weights that lie elsewhere in memory may round otherwise
    assert ours.pipeline.vae.config.scaling_factor == theirs.pipeline.vae.config.scaling_factor


def test_v_prediction_is_read_from_the_file_or_beside_it(files, tmp_path):
    file = tmp_path / "v.safetensors"
    shapes = shapes_of(files / "sdxl.safetensors")
    assert configuration(shapes, file)["scheduler"]["prediction_type"] == "epsilon"
    marked = configuration(shapes | {"v_pred": (0,), "ztsnr": (0,)}, file)["scheduler"]
    assert marked["prediction_type"] == "v_prediction" and marked["rescale_betas_zero_snr"]
    file.with_suffix(".yaml").write_text("model: {params: {parameterization: v}}")
    assert configuration(shapes, file)["scheduler"]["prediction_type"] == "v_prediction"


def test_the_file_s_own_noise_schedule_reaches_training(files, tmp_path):
    tensors = load_file(files / "sd15.safetensors")
    save_file(tensors | {"v_pred": torch.zeros(0), "ztsnr": torch.zeros(0)}, tmp_path / "v.safetensors")
    scheduler = Model(load_pipeline(str(tmp_path / "v.safetensors"))).scheduler
    assert scheduler.config.prediction_type == "v_prediction" and scheduler.alphas_cumprod[-1] == 0


UNET = "model.diffusion_model."
OTHERS = {
    "it is a base for inpainting": lambda shapes: shapes | {f"{UNET}input_blocks.0.0.weight": (32, 9, 3, 3)},
    "it is the refiner of SDXL": lambda shapes: shapes | {"conditioner.embedders.0.model.text_projection": (8, 8)},
    "it is of the family SD 2": lambda shapes: shapes | {"cond_stage_model.model.token_embedding.weight": (9, 8)},
    "it is an adapter": lambda _: {"lora_unet_x.lora_up.weight": (4, 4)},
    "it is Flux": lambda _: {"double_blocks.0.img_attn.qkv.weight": (4, 4)},
    "it has no VAE": lambda shapes: {name: s for name, s in shapes.items() if not name.startswith("first_stage")},
    "it has no text encoder": lambda shapes: {name: s for name, s in shapes.items() if not name.startswith("cond")},
    "no UNet of SD 1.5 or SDXL is in it": lambda _: {"x": (1,)},
}


@pytest.mark.parametrize("line", OTHERS)
def test_files_of_another_kind_are_named(files, line):
    with pytest.raises(InputError, match=line):
        configuration(OTHERS[line](shapes_of(files / "sd15.safetensors")), Path("other.safetensors"))


def test_a_file_without_a_tensor(files, tmp_path):
    tensors = load_file(files / "sd15.safetensors")
    del tensors[f"{UNET}middle_block.0.in_layers.2.weight"]
    save_file(tensors, tmp_path / "part.safetensors")
    with pytest.raises(InputError, match="part.safetensors: no "):
        load_pipeline(str(tmp_path / "part.safetensors"))
