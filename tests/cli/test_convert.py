import pytest
import torch
from adapters import parts_of, random_adapter
from real_layouts import tiny_sd15, tiny_sdxl
from safetensors.torch import load_file

from dramatis.cli.convert import convert
from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.diffusion.adapter import change_of
from dramatis.diffusion.formats import kohya
from dramatis.diffusion.formats.adapters import read_adapter
from dramatis.diffusion.formats.ldm import SDXL
from dramatis.diffusion.formats.pipeline import write_pipeline
from dramatis.diffusion.weights import write_weights


def done(source, out, to=None, family=None, precision=None, force=False):
    return convert(source, out, to, family, precision, force)


@pytest.mark.parametrize("family", ["sd", "sdxl"])
def test_adapters_there_and_back(tmp_path, family):
    parts = parts_of((tiny_sd15 if family == "sd" else tiny_sdxl)(tmp_path / "scratch"))
    adapter = random_adapter(parts, alpha=2)
    source, there, back = (tmp_path / f"{name}.safetensors" for name in ("a", "b", "c"))
    write_weights(kohya.write(adapter, family, SDXL if family == "sdxl" else None), source, {"ss_output_name": "x"})
    assert done(source, there).endswith("an adapter in kohya's names as diffusers")
    assert any(".lora_A." in name for name in load_file(there))
    done(there, back)
    assert load_file(back).keys() == load_file(source).keys()
    for place, update in read_adapter(back).layers.items():
        shape = torch.Size([update["lora_up.weight"].shape[0], *update["lora_down.weight"].shape[1:]])
        assert torch.equal(change_of(update, shape), change_of(adapter.layers[place], shape))


def test_a_pipeline_becomes_one_file(tmp_path):
    write_pipeline(tiny_sd15(tmp_path / "scratch"), tmp_path / "folder", "fp16")
    assert done(tmp_path / "folder", tmp_path / "one.safetensors").endswith("a pipeline folder as single")
    tensors = load_file(tmp_path / "one.safetensors")
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float16}
    theirs = load_file(tmp_path / "folder" / "unet" / "diffusion_pytorch_model.safetensors")
    assert torch.equal(tensors["model.diffusion_model.out.2.weight"], theirs["conv_out.weight"])


def test_embeddings(tmp_path):
    write_weights({"<ada>": torch.ones(2, 4)}, tmp_path / "embedding.safetensors")
    done(tmp_path / "embedding.safetensors", tmp_path / "ada.safetensors")
    assert load_file(tmp_path / "ada.safetensors").keys() == {"emb_params"}
    done(tmp_path / "ada.safetensors", tmp_path / "back.safetensors")
    assert load_file(tmp_path / "back.safetensors").keys() == {"ada"}
    write_weights({"<a>": torch.ones(2, 4), "<b>": torch.ones(2, 4)}, tmp_path / "two.safetensors")
    with pytest.raises(InputError, match="holds <a>, <b>"):
        done(tmp_path / "two.safetensors", tmp_path / "x.safetensors")


def test_what_cannot_be(tmp_path):
    source, out = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    with pytest.raises(MissingError, match="no such file or folder"):
        done(source, out)
    write_weights({"lora_unet_conv_in.diff": torch.ones(2)}, source)
    with pytest.raises(InputError, match="holds full, not LoRA"):
        done(source, out)
    with pytest.raises(InputError, match="cannot become 'single'"):
        done(source, out, "single")
    with pytest.raises(ParameterError, match="this is the source"):
        done(source, source, force=True)
    with pytest.raises(ParameterError, match="ends in .safetensors"):
        done(source, tmp_path / "b")
    out.write_text("mine")
    with pytest.raises(ParameterError, match="something already.*--force"):
        done(source, out)
    assert out.read_text() == "mine"
    (tmp_path / "m.ckpt").write_bytes(b"\x80\x04x")
    with pytest.raises(InputError, match="a pickle"):
        done(tmp_path / "m.ckpt", tmp_path / "c.safetensors")
    with pytest.raises(InputError, match="no model_index.json"):
        done(tmp_path, tmp_path.parent / "elsewhere")
    write_weights({"encoder.x.y": torch.ones(2)}, source)
    with pytest.raises(InputError, match="no pipeline, adapter or embedding"):
        done(source, tmp_path / "d.safetensors")


def test_force_writes_over(tmp_path):
    source, out = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    write_weights({"lora_unet_conv_in.diff": torch.ones(2)}, source)
    out.write_text("old")
    done(source, out, "kohya", force=True)
    assert load_file(out).keys() == {"lora_unet_conv_in.diff"}
